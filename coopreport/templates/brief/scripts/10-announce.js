// What the page says without showing it: read out by screen readers, once, when it is said.
const announce = (() => {
  const region = document.createElement("p");
  region.className = "unseen";
  region.setAttribute("role", "status");
  document.body.append(region);
  return (text) => {
    // The same text twice would be read once.
    region.textContent = region.textContent === text ? `${text}\u00a0` : text;
  };
})();
