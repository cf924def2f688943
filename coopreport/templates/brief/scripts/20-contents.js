// The contents follow the reader: the entry of the section on the screen is marked, and in sight.
{
  const contents = document.querySelector(".contents");
  const entries = new Map(
    [...contents.querySelectorAll(":scope > ol a")].map((link) => [link.hash.slice(1), link]),
  );
  const headings = [...document.querySelectorAll("main :is(h2, h3)[id]")].filter((heading) =>
    entries.has(heading.id),
  );
  let marked = null;
  let asked = false;
  const follow = () => {
    asked = false;
    const line = innerHeight / 3;
    const passed = headings.filter((heading) => heading.getBoundingClientRect().top <= line);
    const entry = passed.length ? entries.get(passed.at(-1).id) : null;
    if (entry === marked) return;
    marked?.removeAttribute("aria-current");
    entry?.setAttribute("aria-current", "location");
    marked = entry;
    if (!entry || contents.scrollHeight <= contents.clientHeight) return;
    if (contents.querySelector(":focus-visible")) return; // who walks the entries keeps their place
    const [box, own] = [contents.getBoundingClientRect(), entry.getBoundingClientRect()];
    if (own.top < box.top || own.bottom > box.bottom) {
      contents.scrollTop += own.top - box.top - box.height / 3;
    }
  };
  const ask = () => {
    if (!asked) requestAnimationFrame(follow);
    asked = true;
  };
  addEventListener("scroll", ask, { passive: true });
  addEventListener("resize", ask, { passive: true });
  follow();
}
