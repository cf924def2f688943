// Checks that axe-core does not make. Each returns what breaks its rule, as short texts; the page
// is good when all return nothing. `page` says what is expected: { language, charts, narrow }.
(page) => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const shown = (e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const tell = (e) => {
    const said = (e.getAttribute("aria-label") || e.textContent || "").trim().replace(/\s+/g, " ");
    return `<${e.tagName.toLowerCase()}${e.id ? `#${e.id}` : ""}> ${said.slice(0, 60)}`;
  };
  const named = (e) => {
    const ids = (e.getAttribute("aria-labelledby") || "").split(/\s+/).filter(Boolean);
    const by = ids.map((id) => document.getElementById(id)?.textContent || "").join(" ");
    const inside = all(":scope > title, :scope > desc", e).map((t) => t.textContent).join(" ");
    return (by || e.getAttribute("aria-label") || e.getAttribute("alt") || inside).trim();
  };
  const paint = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const pixel = (colour) => {
    paint.clearRect(0, 0, 1, 1);
    paint.fillStyle = colour;
    paint.fillRect(0, 0, 1, 1);
    return [...paint.getImageData(0, 0, 1, 1).data];
  };
  const luminance = (rgb) => {
    const [r, g, b] = rgb.slice(0, 3).map((v) => v / 255)
      .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (one, other) => {
    const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
    return (light + 0.05) / (dark + 0.05);
  };
  const ground = (e) => {
    for (let at = e; at; at = at.parentElement) {
      const colour = pixel(getComputedStyle(at).backgroundColor);
      if (colour[3] > 250) return colour;
    }
    return [255, 255, 255, 255];
  };
  const behind = (text, drawing) => {
    // the colour under the middle of a label: the marks drawn before it, laid over the page
    const box = text.getBoundingClientRect();
    const middle = new DOMPoint(box.x + box.width / 2, box.y + box.height / 2);
    return all("path, rect, circle", drawing)
      .filter((m) => m.compareDocumentPosition(text) & Node.DOCUMENT_POSITION_FOLLOWING)
      .filter((m) => !m.closest("defs, clipPath") && getComputedStyle(m).fill !== "none")
      .filter((m) => m.isPointInFill(middle.matrixTransform(m.getScreenCTM().inverse())))
      .reduce((under, m) => {
        const look = getComputedStyle(m);
        const over = pixel(look.fill);
        const share = (over[3] / 255) * look.fillOpacity * look.opacity;
        return under.map((v, i) => (i < 3 ? over[i] * share + v * (1 - share) : 255));
      }, ground(drawing));
  };
  const drawings = all("svg").filter((s) => !s.parentElement.closest("svg"))
    .filter((s) => s.getAttribute("aria-hidden") !== "true");
  const placeholder = new RegExp([
    "^(image|img|photo|graphique|graph|chart|figure|picture|diagramme?|no description.*|untitled)",
    "[\\s\\d.:]*$", "|^\\S+\\.(png|jpe?g|svg|gif|webp)$", "|^(visualization|output)_?\\d",
    "|no description has been provided",
  ].join(""), "i");
  const english = new RegExp(
    "\\b(axis titled|scale with values|legend (titled|for)|symbol legend|(bar|line|area|pie) (mark|chart)|"
    + "mark container|with values from|fill color|stroke color|text mark|rule mark)\\b", "i");
  const symbols = new Set([".", "..", "...", "p", "r", "x", "E", "F"]);

  const rules = {
    "langue de la page": () =>
      document.documentElement.lang === page.language ? [] : [document.documentElement.lang || "aucune"],
    "titre de la page": () => (document.title.trim().length >= 10 ? [] : [document.title || "aucun"]),
    "un seul h1, aucun niveau sauté": () => {
      const headings = all("h1,h2,h3,h4,h5,h6");
      const levels = headings.map((h) => Number(h.tagName[1]));
      const first = levels.filter((l) => l === 1).length;
      return [
        ...(first === 1 ? [] : [`${first} h1`]),
        ...headings.filter((h, i) => i && levels[i] > levels[i - 1] + 1).map(tell),
        ...headings.filter((h) => !h.textContent.trim()).map(tell),
      ];
    },
    "équivalent textuel réel": () =>
      [...all("img"), ...drawings, ...all("[role=img]:not(svg), canvas")]
        .filter((e) => e.getAttribute("role") !== "presentation" && e.getAttribute("alt") !== "")
        .filter((e) => named(e).length < 20 || placeholder.test(named(e))).map(tell),
    "aucun nom automatique en anglais": () =>
      all("[aria-label], [aria-roledescription]").filter((e) => !e.closest("body [lang=en]"))
        .filter((e) => english.test(`${e.getAttribute("aria-label")} ${e.getAttribute("aria-roledescription")}`))
        .map(tell),
    "graphique dessiné": () => [
      ...drawings.filter(shown).filter((s) => {
        const box = s.getBoundingClientRect();
        return Math.min(box.width, box.height) < 60 || all("path, rect, circle, line", s).length < 3;
      }).map(tell),
      ...(drawings.length >= page.charts ? [] : [`${drawings.length} dessins sur ${page.charts}`]),
    ],
    "graphique suivi de son tableau": () =>
      all("figure").filter((f) => f.querySelector("svg, img, canvas"))
        .filter((f) => !f.querySelector("table")).map(tell),
    "tableau titré": () =>
      all("table").filter((t) => !t.caption?.textContent.trim()).map((t) => tell(t)),
    "en-têtes avec portée": () => [
      ...all("th:not([scope])").map(tell),
      ...all("table").filter((t) => !t.querySelector("th[scope=col], th[scope=colgroup]")).map(tell),
      ...all("table").filter((t) => all("tbody tr", t).some((r) => !r.querySelector("th"))
        && t.closest(".exhibit")).map(tell),
    ],
    "aucune cellule vide": () => all("td, th").filter((c) => !c.textContent.trim()).map(
      (c) => tell(c.closest("table"))),
    "symboles expliqués": () =>
      all("table").flatMap((t) => {
        const exhibit = t.closest(".exhibit") || t.parentElement;
        const legend = all(".legend", exhibit).map((l) => l.textContent).join(" ");
        const explained = new Set(all(".legend b", exhibit).map((b) => b.textContent.trim()));
        const used = all("td .symbol, th .symbol, td > sup", t)
          .flatMap((s) => s.textContent.trim().split(/\s+/)).concat(
            all("td", t).map((c) => c.textContent.trim()))
          .filter((s) => symbols.has(s));
        return [...new Set(used)].filter((s) => !explained.has(s) && !legend.includes(` ${s} `))
          .map((s) => `${s} dans ${tell(t)}`);
      }),
    "rien ne déborde": () => {
      const width = document.documentElement.clientWidth;
      const scrolled = (e) => e.closest(".scroll, pre, .skip, .unseen, [popover], dialog");
      return [
        ...(document.documentElement.scrollWidth > width ? [`la page : ${document.documentElement.scrollWidth}`] : []),
        ...all("body *").filter(shown).filter((e) => !scrolled(e))
          .filter((e) => e.getBoundingClientRect().right > width + 1).map(tell),
      ];
    },
    "zone qui défile nommée et atteignable": () =>
      all("body *").filter(shown).filter((e) => e.scrollWidth > e.clientWidth + 1)
        .filter((e) => ["auto", "scroll"].includes(getComputedStyle(e).overflowX))
        .filter((e) => e.tabIndex < 0 || (!named(e) && e.tagName !== "PRE")).map(tell),
    "texte des dessins lisible": () =>
      drawings.filter(shown).flatMap((s) => all("text", s).filter((t) => t.textContent.trim())
        .filter((t) => getComputedStyle(t).fill !== "none")
        .filter((t) => contrast(pixel(getComputedStyle(t).fill), behind(t, s)) < 4.5)
        .map((t) => `${t.textContent} dans ${tell(s)}`)),
    "liens reconnaissables sans la couleur": () =>
      all("p a[href], li a[href], td a[href]").filter(shown)
        .filter((a) => !a.closest("nav, [class*=toolbar]"))
        .filter((a) => !getComputedStyle(a).textDecorationLine.includes("underline")
          && getComputedStyle(a).borderBottomStyle === "none").map(tell),
    "liens qui disent où ils mènent": () =>
      all("a[href]").filter((a) => /^(ici|cliquez ici|lien|lire la suite|plus|here|https?:\/\/\S+)$/i
        .test((named(a) || a.textContent).trim())).map(tell),
    "adresses et identifiants": () => {
      const ids = all("[id]").map((e) => e.id);
      const twice = ids.filter((id, i) => ids.indexOf(id) !== i);
      const lost = all('a[href^="#"]').map((a) => decodeURIComponent(a.getAttribute("href").slice(1)));
      const opened = all("[popovertarget]").map((b) => b.getAttribute("popovertarget"));
      return [
        ...twice.map((id) => `deux fois ${id}`),
        ...[...lost, ...opened].filter((id) => id && !document.getElementById(id)).map((id) => `perdu : ${id}`),
      ];
    },
    "cible assez grande": () =>
      all("a[href], button, summary, input, select, textarea").filter(shown)
        .filter((e) => !e.closest("p, li, dd, td, th, figcaption, caption, .skip, .unseen"))
        .filter((e) => {
          const box = e.getBoundingClientRect();
          return box.width && Math.min(box.width, box.height) < 24;
        }).map(tell),
    "ordre du clavier": () => all("[tabindex]").filter((e) => e.tabIndex > 0).map(tell),
    "agrandissement permis": () =>
      all("meta[name=viewport]").map((m) => m.content)
        .filter((c) => /user-scalable\s*=\s*(no|0)|maximum-scale\s*=\s*[01](\.|,|$)/.test(c)),
    "rien ne bouge seul": () => [
      ...all("marquee, blink, video[autoplay], audio[autoplay]").map(tell),
      ...document.getAnimations().filter((a) => a.effect?.getTiming().iterations === Infinity)
        .map((a) => tell(a.effect.target)),
    ],
    "espacement du texte supporté": () => {
      const style = document.createElement("style");
      style.textContent = `* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
        word-spacing: 0.16em !important; } p { margin-bottom: 2em !important; }`;
      document.head.append(style);
      const cut = all("body *").filter(shown)
        .filter((e) => !e.closest("svg, .unseen, .skip") && e.children.length === 0 && e.textContent.trim())
        .filter((e) => {
          const look = getComputedStyle(e);
          return look.overflow === "hidden" && (e.scrollHeight > e.clientHeight + 2
            || e.scrollWidth > e.clientWidth + 2);
        }).map(tell);
      style.remove();
      return cut;
    },
  };
  const found = {};
  for (const [rule, check] of Object.entries(rules)) {
    const faults = check();
    if (faults.length) found[rule] = faults.slice(0, 8);
  }
  return found;
}
