// The number of a section, a table or a chart is a link to it: following it also copies its address.
{
  const words = document.body.dataset;
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
    link.dataset.hint = words.copy;
    link.addEventListener("click", async () => {
      const address = new URL(link.getAttribute("href"), location.href).href;
      if (!(await copy(link, address))) {
        prompt(words.copyThis, address);
        return;
      }
      announce(words.copiedAloud);
      link.dataset.hint = words.copied;
      setTimeout(() => (link.dataset.hint = words.copy), 2000);
    });
  }
}
