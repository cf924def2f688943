// The number of a section, a table or a chart is a link to it: following it also copies its address.
{
  const copy = async (link, address) => {
    try {
      await navigator.clipboard.writeText(address);
      return true;
    } catch {
      // Refused or unknown, as in a file opened from a disk: the older way, then the reader's hand.
      const field = document.createElement("textarea");
      field.value = address;
      field.className = "unseen";
      const had = document.activeElement;
      link.after(field);
      field.select();
      const copied = document.execCommand("copy");
      field.remove();
      had?.focus({ preventScroll: true });
      return copied;
    }
  };
  for (const link of document.querySelectorAll("main a.address")) {
    link.dataset.hint = "copier le lien";
    link.addEventListener("click", async () => {
      const address = new URL(link.getAttribute("href"), location.href).href;
      if (!(await copy(link, address))) {
        prompt("Copiez ce lien\u00a0:", address);
        return;
      }
      announce("Lien copié");
      link.dataset.hint = "lien copié";
      setTimeout(() => (link.dataset.hint = "copier le lien"), 2000);
    });
  }
}
