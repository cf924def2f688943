// The charts come alive: Vega draws each again where its drawing stands, when it comes near the
// screen. What is pointed at says its value, and its series stands out; the keyboard does the same.
// Whatever fails, the drawing stays; paper has the drawing too.
// Vega, Vega-Lite and Vega-Embed: University of Washington Interactive Data Lab, BSD-3-Clause.
{
  const GAP = 10;
  const LINGER = 150;
  const packed = document.getElementById("vega");
  let vega = null;
  let showing = null;

  // Vega is packed in the page; its text is one of the scripts that the page's policy names.
  const loadVega = () => {
    vega ??= (async () => {
      const bytes = Uint8Array.from(atob(packed.textContent), (sign) => sign.charCodeAt(0));
      const text = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
      const script = document.createElement("script");
      script.textContent = await new Response(text).text();
      document.head.append(script);
      await Promise.all(["", "600 "].map((weight) => document.fonts.load(`${weight}14px "Coop Sans"`)));
    })();
    return vega;
  };

  const words = (value) =>
    typeof value === "object"
      ? Object.entries(value).map(([name, text]) => `${name}\u00a0: ${text}`).join("\n")
      : String(value);

  // Vega describes each mark in English: what the chart says is in its French description.
  const withoutWords = (spec) => {
    for (const mark of spec.marks ?? []) withoutWords(Object.assign(mark, { aria: false }));
    return spec;
  };

  // Every mark of a view that has something to say, in the order in which it is drawn.
  const speaking = (node) =>
    (node.items ?? []).flatMap((item) => [
      ...(item.tooltip && item.mark.marktype !== "group" ? [item] : []),
      ...("items" in item ? item.items.flatMap(speaking) : []),
    ]);

  // The box of a mark in its view, whatever groups it stands in.
  const boxOf = (item, view) => {
    let [x, y] = view.origin();
    for (let group = item.mark.group; group; group = group.mark?.group) {
      x += group.x ?? 0;
      y += group.y ?? 0;
    }
    const { x1, x2, y1, y2 } = item.bounds;
    return { left: x + x1, right: x + x2, top: y + y1, bottom: y + y2 };
  };

  class LiveChart {
    constructor(drawing, still, id) {
      this.drawing = drawing;
      this.still = still;
      this.id = id;
      this.stage = document.createElement("div");
      this.stage.className = "live";
      this.tip = document.createElement("div");
      this.tip.className = "tip";
      this.tip.hidden = true;
      this.at = -1;
    }

    async draw() {
      await loadVega();
      this.spec = JSON.parse(document.getElementById(`spec-${this.id}`).textContent);
      this.drawing.append(this.stage);
      const { view } = await vegaEmbed(this.stage, this.spec, {
        ast: true,
        actions: false,
        renderer: "svg",
        defaultStyle: false,
        patch: withoutWords,
        tooltip: (_handler, _event, item, value) => this.point(item, value),
      });
      this.view = view;
      this.svg = this.stage.querySelector("svg");
      this.name();
      this.stage.append(this.tip);
      this.items = speaking(view.scenegraph().root);
      this.drawing.classList.add("alive");
      if (this.items.length) this.listen();
    }

    // The live drawing has the size, the name and the description of the one that it replaces.
    name() {
      for (const named of [this.stage, ...this.svg.querySelectorAll("[role]")]) {
        for (const key of ["role", "aria-roledescription", "aria-label"]) named.removeAttribute(key);
      }
      for (const key of ["role", "aria-labelledby", "lang"]) {
        this.svg.setAttribute(key, this.still.getAttribute(key));
      }
      const { width, height } = this.still.viewBox.baseVal;
      this.svg.style.aspectRatio = `${width} / ${height}`;
    }

    listen() {
      const label = this.drawing.getAttribute("aria-label");
      this.drawing.setAttribute("aria-label", `${label}, ${document.body.dataset.arrows}`);
      this.drawing.addEventListener("keydown", (event) => this.key(event));
      this.drawing.addEventListener("blur", () => this.hide());
      this.tip.addEventListener("pointerleave", () => this.leave());
    }

    point(item, value) {
      if (value === null || value === undefined || value === "") this.leave();
      else this.show(item, words(value));
    }

    // A tip stays while it is itself under the pointer.
    leave() {
      clearTimeout(this.leaving);
      this.leaving = setTimeout(() => {
        if (!this.tip.matches(":hover")) this.hide();
      }, LINGER);
    }

    show(item, text) {
      clearTimeout(this.leaving);
      if (showing !== this) showing?.hide();
      showing = this;
      this.at = this.items.indexOf(item);
      const [first, ...rest] = text.split("\n");
      const title = document.createElement("b");
      title.textContent = first;
      this.tip.replaceChildren(title, rest.length ? `\n${rest.join("\n")}` : "");
      this.tip.hidden = false;
      this.place(item);
      this.mark(item.datum?.[this.spec.usermeta?.series] ?? "");
    }

    // The tip stands above what it tells of, or below where there is no room, and never outside.
    place(item) {
      const scale = this.svg.getBoundingClientRect().width / this.svg.viewBox.baseVal.width;
      const box = boxOf(item, this.view);
      const [width, height] = [this.tip.offsetWidth, this.tip.offsetHeight];
      const middle = (scale * (box.left + box.right)) / 2;
      const most = Math.max(0, this.stage.clientWidth - width);
      const lowest = Math.max(0, this.stage.clientHeight - height);
      const above = scale * box.top - GAP - height;
      this.tip.style.left = `${Math.min(Math.max(0, middle - width / 2), most)}px`;
      this.tip.style.top = `${above >= 0 ? above : Math.min(scale * box.bottom + GAP, lowest)}px`;
    }

    hide() {
      this.tip.hidden = true;
      this.mark("");
    }

    mark(series) {
      try {
        this.view.signal("pointed", series).runAsync();
      } catch {
        // A chart whose series do not stand out.
      }
    }

    key(event) {
      const last = this.items.length - 1;
      const next = {
        ArrowRight: Math.min(this.at + 1, last),
        ArrowLeft: Math.max(this.at - 1, 0),
        Home: 0,
        End: last,
      }[event.key];
      if (event.key === "Escape") this.hide();
      if (next === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      const item = this.items[next];
      this.show(item, words(item.tooltip));
      this.tip.scrollIntoView({ block: "nearest", inline: "nearest" });
      announce(this.tip.textContent.replace("\n", ". "));
    }
  }

  const enliven = async (figure) => {
    const drawing = figure.querySelector(".drawing");
    const chart = new LiveChart(drawing, drawing.querySelector("svg"), figure.id);
    try {
      await chart.draw();
    } catch (error) {
      chart.stage.remove();
      drawing.classList.remove("alive");
      console.warn("Graphique fixe", figure.id, String(error));
    }
  };

  if (packed && "DecompressionStream" in window) {
    const near = new IntersectionObserver(
      (seen) => {
        for (const { isIntersecting, target } of seen) {
          if (!isIntersecting) continue;
          near.unobserve(target);
          enliven(target);
        }
      },
      { rootMargin: "400px" },
    );
    for (const figure of document.querySelectorAll("figure.chart:has(.drawing)")) near.observe(figure);
  }
}
