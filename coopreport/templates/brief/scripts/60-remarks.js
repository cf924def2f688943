// Remarks of a reviewer: attached to a number, a table, a chart or a passage, kept in the browser,
// exported as a file that `make remarks FILE=…` takes. All that is written goes in as text.
(() => {
  "use strict";
  const template = document.getElementById("gabarit-remarques");
  if (!template) return;
  const words = template.dataset;
  const digests = JSON.parse(words.digests);
  const BLOCKS = "main .chapter :is(p[id], li[id], .scroll[id], .exhibit[id])";
  const OURS = ".remark-add, .remark-mark, .review";
  const MOST_NUMBERS = 50;
  const LONGEST_EXCERPT = 300;
  const say = (word, values = {}) =>
    Object.entries(values).reduce((text, [name, value]) => text.replace(`{${name}}`, () => value), words[word]);
  const make = (selector) => document.importNode(template.content.querySelector(selector), true);

  // What is kept: in the browser's storage, or in memory where the browser refuses it.

  const key = ["coopreport", "remarques", words.cycle, words.build, words.version].join(":");
  const NAME = "coopreport:remarques:auteur";
  const memory = new Map();
  let storage = null;
  let unsaved = false;
  try {
    window.localStorage.setItem(`${key}:essai`, "1");
    window.localStorage.removeItem(`${key}:essai`);
    storage = window.localStorage;
  } catch { /* refused: memory it is, and the list says so */ }

  function read(name) {
    const kept = storage && storage.getItem(name);
    return kept ?? memory.get(name) ?? null;
  }

  function write(name, text) {
    memory.set(name, text);
    try {
      storage?.setItem(name, text);
    } catch {
      storage = null; // full: from here on only the memory has it all
    }
    unsaved = !storage;
  }

  // Each change starts from what is kept now: another tab may have written.
  function remarks() {
    try {
      const kept = JSON.parse(read(key) ?? "[]");
      return Array.isArray(kept) ? kept : [];
    } catch {
      return [];
    }
  }

  const author = () => read(NAME) ?? "";

  // What a remark is about.

  const plain = (text) =>
    text.replace(/\r\n?/gu, "\n").replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]|\p{Cs}/gu, "");
  const oneLine = (text) => plain(text).replace(/\s+/gu, " ").trim();
  const cut = (text) => {
    const letters = Array.from(text);
    return letters.length <= LONGEST_EXCERPT ? text : `${letters.slice(0, LONGEST_EXCERPT - 1).join("")}…`;
  };

  function textOf(element, left = OURS) {
    const copy = element.cloneNode(true);
    copy.querySelectorAll(left).forEach((each) => each.remove());
    return oneLine(copy.textContent);
  }

  function kindOf(block) {
    if (!block.classList.contains("exhibit")) return "passage";
    if (block.classList.contains("chart")) return "graphique";
    return block.classList.contains("figures") ? "chiffres" : "tableau";
  }

  function excerptOf(block) {
    const kind = kindOf(block);
    if (kind === "chiffres") return oneLine(block.getAttribute("aria-label") ?? "");
    const part = { tableau: "caption", graphique: "figcaption" }[kind];
    return textOf((part && block.querySelector(part)) || block, `${OURS}, .unit, button:not(.origin-of)`);
  }

  function sectionOf(element) {
    let found = "";
    for (const heading of document.querySelectorAll("main :is(h2, h3, h4, h5, h6)[id]")) {
      if (!(heading.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING)) break;
      found = heading.id;
    }
    return found;
  }

  function numbersOf(element) {
    const ids = new Set([...element.querySelectorAll("data[data-indicator]")].map((each) => each.dataset.indicator));
    return [...ids].slice(0, MOST_NUMBERS).map((id) => {
      const value = document.getElementById(`origine-${id}`)?.querySelector(".value");
      return { id, shown: oneLine(value?.firstChild?.data ?? "") };
    });
  }

  function targetOf(element, kind, id, more) {
    const chapter = element.closest(".chapter")?.getAttribute("aria-labelledby") ?? "";
    const target = { kind, id, within: "", occurrence: 1, chapter, section: sectionOf(element) };
    return { ...target, row: "", column: "", shown: "", digest: "", numbers: [], ...more };
  }

  function blockTarget(block) {
    const kind = kindOf(block);
    const numbers = kind === "passage" || kind === "chiffres" ? numbersOf(block) : [];
    return targetOf(block, kind, block.id, { excerpt: cut(excerptOf(block)), digest: digests[block.id] ?? "", numbers });
  }

  // A number is known by its indicator, the block it stands in and its rank there.
  function numberTarget(button, id) {
    const block = button.closest(BLOCKS);
    const same = block ? [...block.querySelectorAll(".origin-of")].filter((each) => each.popoverTargetElement === button.popoverTargetElement) : [];
    return targetOf(button, "nombre", id, {
      within: block?.id ?? "",
      occurrence: Math.max(1, same.indexOf(button) + 1),
      excerpt: cut(textOf(button, "sup")),
      numbers: numbersOf(button),
    });
  }

  const blockOf = (target) =>
    document.getElementById(target.kind === "nombre" ? target.within || `indicateur-${target.id}` : target.id) ??
    document.getElementById(target.section);

  // The rows and columns of a table, by their headings: a remark may be about one cell.

  const tableOf = (target) => (target.kind === "tableau" ? document.getElementById(target.id)?.querySelector("table") : null);

  function rowsOf(table) {
    return [...table.querySelectorAll("tbody tr:not(.group)")].map((row) => {
      const group = row.parentElement.querySelector("tr.group th");
      const label = textOf(row.querySelector("th") ?? row, "sup");
      return { row, label: cut(group ? `${textOf(group)} › ${label}` : label) };
    });
  }

  function columnsOf(table) {
    const heads = [...table.querySelectorAll("thead th[scope=col]")].map((each) => cut(textOf(each, "sup")));
    return heads.slice(1);
  }

  function shownAt(table, row, column) {
    const found = rowsOf(table).find((each) => each.label === row)?.row;
    const cell = found?.querySelectorAll("th, td")[columnsOf(table).indexOf(column) + 1];
    return cell && column ? cut(textOf(cell, "sup")) : "";
  }

  // The dialogs.

  const bar = make(".remarks-bar");
  const editor = make("dialog.editor");
  const list = make("dialog.all");
  document.querySelector(".skip").after(bar);
  document.body.append(editor, list);
  const inEditor = (name) => editor.querySelector(`.${name}`);
  let edited = null; // the remark in the editor

  function open(dialog, opener, first) {
    const panel = opener?.closest("[popover]");
    if (panel) {
      panel.hidePopover(); // the focus comes back to what had opened the panel
      panelOpener.get(panel)?.focus();
    }
    dialog.showModal();
    first.focus();
  }

  function edit(remark, opener) {
    edited = remark;
    const { target } = remark;
    inEditor("kind").textContent = words[target.kind];
    inEditor("excerpt").textContent = target.excerpt;
    editor.querySelector("h2").textContent = words[remark.text ? "edit" : "new"];
    inEditor("text").value = remark.text;
    inEditor("author").value = author();
    inEditor("who").hidden = author() !== "";
    inEditor("fault").textContent = "";
    const table = tableOf(target);
    inEditor("cell").hidden = !table;
    if (table) {
      choices(inEditor("row"), words.allRows, rowsOf(table).map((each) => each.label), target.row);
      choices(inEditor("column"), words.allColumns, columnsOf(table), target.column);
    }
    open(editor, opener, inEditor("text"));
  }

  function choices(select, all, labels, chosen) {
    select.replaceChildren(...["", ...new Set(labels)].map((label) => new Option(label || all, label, false, label === chosen)));
  }

  function save() {
    const text = plain(inEditor("text").value).trim();
    const name = oneLine(plain(inEditor("author").value)) || author();
    if (!text || !name) {
      inEditor("fault").textContent = text ? words.name : words.write;
      inEditor(text ? "author" : "text").focus();
      return;
    }
    const target = { ...edited.target };
    const table = tableOf(target);
    if (table) {
      target.row = inEditor("row").value;
      target.column = inEditor("column").value;
      target.shown = shownAt(table, target.row, target.column);
    }
    const now = new Date().toISOString();
    write(NAME, name);
    const saved = { ...edited, target, text, modified: now, created: edited.created || now };
    const others = remarks().filter((each) => each.id !== saved.id);
    write(key, JSON.stringify([...others, saved].sort((a, b) => (a.created < b.created ? -1 : 1))));
    editor.close();
    refresh();
    announce(words.saved);
  }

  function newRemark(target, opener) {
    const bytes = crypto.getRandomValues(new Uint8Array(8));
    const id = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    edit({ id, created: "", modified: "", text: "", target }, opener);
  }

  function item(remark) {
    const element = make(".item > li");
    const part = (name) => element.querySelector(`.${name}`);
    const { target } = remark;
    part("kind").textContent = words[target.kind];
    part("excerpt").textContent = [target.excerpt, target.row, target.column].filter(Boolean).join(", ");
    part("text").textContent = remark.text;
    part("author").textContent = author();
    const day = new Date(remark.modified);
    element.querySelector("time").textContent = day.toLocaleDateString(document.documentElement.lang);
    element.querySelector("time").dateTime = remark.modified;
    part("go").addEventListener("click", () => goTo(target));
    part("edit").addEventListener("click", () => {
      list.close();
      edit(remark, null);
    });
    part("delete").addEventListener("click", () => {
      if (!window.confirm(words.delete)) return;
      write(key, JSON.stringify(remarks().filter((each) => each.id !== remark.id)));
      refresh();
      list.querySelector(".kept").textContent = words.deleted;
      list.querySelector("h2").focus();
    });
    element.dataset.remark = remark.id;
    return element;
  }

  function goTo(target) {
    list.close();
    const block = blockOf(target);
    if (!block) return;
    block.tabIndex = block.tabIndex < 0 ? -1 : block.tabIndex;
    block.scrollIntoView({ block: "center" });
    block.focus({ preventScroll: true });
  }

  function showList(opener, id = "") {
    fill();
    open(list, opener, list.querySelector("h2"));
    const chosen = id && list.querySelector(`li[data-remark="${CSS.escape(id)}"]`);
    if (chosen) {
      chosen.scrollIntoView();
      chosen.querySelector("button").focus();
    }
  }

  function fill() {
    const kept = remarks();
    list.querySelector("ol").replaceChildren(...kept.map(item));
    list.querySelector(".empty").hidden = kept.length > 0;
    list.querySelector(".kept").textContent = storage ? words.kept : words.notKept;
    list.querySelector("input.author").value = author();
    list.querySelector(".export").disabled = kept.length === 0;
  }

  function exportFile() {
    const { cycle, build, version, ledger } = words;
    const content = { format: 1, cycle, page: { build, version, ledger }, author: author(), exported: new Date().toISOString(), remarks: remarks() };
    const slug = author().normalize("NFKD").replace(/[^A-Za-z0-9]+/gu, "-").replace(/^-|-$/gu, "").toLowerCase();
    const link = document.createElement("a");
    link.download = ["remarques", cycle, version || build, slug].filter(Boolean).join("-").slice(0, 100) + ".json";
    link.href = URL.createObjectURL(new Blob([`${JSON.stringify(content, null, 1)}\n`], { type: "application/json" }));
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    unsaved = false;
    list.querySelector(".kept").textContent = say("exported", { file: link.download });
  }

  // The controls beside the blocks.

  const panelOpener = new WeakMap();
  let floating = make(".remark-add");
  let annotating = false;

  function addButton(block, button) {
    button.setAttribute("aria-label", say("add", { what: Array.from(excerptOf(block)).slice(0, 60).join("") }));
    block.classList.add("remarkable");
    block.append(button);
    return button;
  }

  function follow(event) {
    const block = event.target.closest?.(BLOCKS);
    if (annotating || !block || event.target.closest(OURS) || floating.parentElement === block) return;
    if (document.activeElement === floating) {
      floating.addEventListener("blur", (left) => left.target.remove(), { once: true });
      floating = make(".remark-add"); // the pointer does not take the focus away
    }
    addButton(block, floating);
  }

  function annotate(on) {
    annotating = on;
    bar.querySelector(".mode").setAttribute("aria-pressed", String(on));
    document.querySelectorAll(".remark-add").forEach((each) => each.remove());
    if (on) document.querySelectorAll(BLOCKS).forEach((block) => addButton(block, make(".remark-add")));
    document.documentElement.classList.toggle("annotating", on);
    announce(on ? words.on : words.off);
  }

  function refresh() {
    const kept = remarks();
    bar.querySelector(".list").textContent = kept.length ? say("some", { n: kept.length }) : words.none;
    document.querySelectorAll(".remark-mark").forEach((each) => each.remove());
    const byBlock = Map.groupBy
      ? Map.groupBy(kept, (each) => blockOf(each.target))
      : kept.reduce((map, each) => map.set(blockOf(each.target), [...(map.get(blockOf(each.target)) ?? []), each]), new Map());
    for (const [block, of] of byBlock) {
      if (!block?.matches(BLOCKS)) continue;
      const mark = make(".remark-mark");
      mark.textContent = of.length;
      mark.setAttribute("aria-label", of.length > 1 ? say("see", { n: of.length }) : words.seeOne);
      mark.addEventListener("click", () => showList(mark, of[0].id));
      block.classList.add("remarkable");
      block.append(mark);
    }
    if (list.open) fill();
  }

  // A number's or a table's panel has the control too; what opened it says where the number stands.
  for (const opener of document.querySelectorAll("button[popovertarget]")) {
    opener.addEventListener("click", () => {
      const panel = opener.popoverTargetElement;
      if (!panel || opener.closest(".panel") === panel) return;
      panelOpener.set(panel, opener);
      if (panel.querySelector(".remark-number")) return;
      const button = make(".remark-number");
      button.addEventListener("click", () => {
        const from = panelOpener.get(panel);
        const exhibit = panel.id.startsWith("provenance-") && document.getElementById(panel.id.slice("provenance-".length));
        newRemark(exhibit ? blockTarget(exhibit) : numberTarget(from, panel.id.slice("origine-".length)), button);
      });
      panel.querySelector(".close").before(button, " ");
    });
  }

  const main = document.querySelector("main");
  main.addEventListener("pointerover", follow);
  main.addEventListener("focusin", follow);
  main.addEventListener("click", (event) => {
    const button = event.target.closest(".remark-add");
    if (button) newRemark(blockTarget(button.parentElement), button);
  });
  bar.querySelector(".list").addEventListener("click", (event) => showList(event.currentTarget));
  bar.querySelector(".mode").addEventListener("click", () => annotate(!annotating));
  inEditor("save").addEventListener("click", save);
  editor.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey || event.target.matches("input"))) return;
    event.preventDefault(); // else the same key presses the button that gets the focus back
    save();
  });
  for (const dialog of [editor, list]) {
    dialog.querySelector(".cancel").addEventListener("click", () => dialog.close());
  }
  list.querySelector("input.author").addEventListener("change", (event) => {
    const name = oneLine(plain(event.target.value));
    if (name) write(NAME, name);
    fill();
  });
  list.querySelector(".export").addEventListener("click", exportFile);
  window.addEventListener("storage", (event) => event.key === key && refresh());
  window.addEventListener("beforeunload", (event) => unsaved && remarks().length && event.preventDefault());
  refresh();
})();
