"use strict";
(() => {
  const root = document.documentElement;
  const all = (selector, scope = document) => [...scope.querySelectorAll(selector)];
  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const single = document.body.classList.contains("single");
  const docs = all(".doc");
  const tools = document.getElementById("tools");
  const dialog = document.getElementById("rule");
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const rules = new Map(all(".rules details").map((it) => [it.querySelector("b").textContent, it]));
  const severities = ["minor", "major", "critical"];
  let doc = null; // the document that is shown
  let card = null; // the finding that is selected

  // One document at a time, or all of them as a list

  function show(next) {
    if (next === doc) return;
    clear();
    doc?.classList.remove("shown");
    doc = next;
    root.classList.toggle("home", !doc);
    tools.hidden = !doc;
    if (!doc) return;
    doc.classList.add("shown");
    doc.classList.toggle("long", doc.querySelectorAll(".par").length > 300);
    doc.querySelector(".columns").before(tools);
    asTable(tools.querySelector("#as-table").getAttribute("aria-pressed") === "true");
    filter();
  }

  function follow(smooth = false) {
    let target = null;
    try {
      target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    } catch {} // a hash that is no address
    const home = target?.closest(".doc");
    if (home) show(home);
    else if (!single) show(null);
    if (target?.matches(".list > li")) return select(target);
    if (target?.matches(".rules details")) target.open = true;
    if (target?.matches("[data-l]")) asTable(false);
    if (target && target.id !== "top") {
      const block = target.matches("[data-l], [data-f]") ? "center" : "start";
      target.scrollIntoView({ block, behavior: smooth && !calm.matches ? "smooth" : "auto" });
    } else scrollTo(0, 0);
  }

  // Findings

  const severityOf = (item) => severities.find((name) => item.classList.contains(name));
  const cards = () => all(".list > li:not([hidden])", doc);
  const id = (item) => item.id.split("-").pop();
  const anchor = (item) => document.getElementById(item.querySelector("a").hash.slice(1));
  const rule = (item) => item.firstElementChild.children[2].textContent;
  const marks = (item, attribute) => all(`[data-${attribute}~="${id(item)}"]`, doc);

  function clear() {
    if (!card) return;
    card.classList.remove("on");
    card.removeAttribute("aria-current");
    all("[data-f].on, .rel", doc).forEach((mark) => mark.classList.remove("on", "rel"));
    root.classList.remove("reading");
    card = null;
    count();
  }

  function select(item, focus = false) {
    clear();
    show(item.closest(".doc"));
    asTable(false);
    card = item;
    card.classList.add("on");
    card.setAttribute("aria-current", "true");
    card.tabIndex = -1;
    marks(card, "x").forEach((mark) => mark.classList.add("rel"));
    const own = marks(card, "f");
    own.forEach((mark) => mark.classList.add("on"));
    root.classList.add("reading");
    const behavior = calm.matches ? "auto" : "smooth";
    const place = own[0] ?? anchor(card);
    const sheet = matchMedia("(max-width: 62rem)").matches;
    place?.scrollIntoView({ block: sheet ? "start" : "center", behavior });
    const list = card.parentElement;
    if (list.scrollHeight > list.clientHeight) {
      const gap = card.getBoundingClientRect().top - list.getBoundingClientRect().top;
      if (gap < 0 || gap + card.offsetHeight > list.clientHeight) list.scrollTop += gap - 12;
    }
    if (focus) card.focus({ preventScroll: true });
    history.replaceState(null, "", "#" + card.id);
    count();
  }

  function step(by) {
    if (!doc) return;
    const shown = cards();
    const at = shown.indexOf(card);
    const next = card ? shown[at + by] : by > 0 ? shown[0] : shown.at(-1);
    if (next) return select(next, true);
    // On to the next document with something to see.
    for (let at = docs.indexOf(doc) + by; at >= 0 && at < docs.length; at += by) {
      if (!all(".list > li", docs[at]).some(passes)) continue;
      show(docs[at]);
      return select(by > 0 ? cards()[0] : cards().at(-1), true);
    }
  }

  function count() {
    if (!doc) return;
    const shown = cards();
    const text = card ? `${shown.indexOf(card) + 1} of ${shown.length}` : `${shown.length} found`;
    tools.querySelector(".step output").textContent = text;
  }

  function tell(name) {
    const documentation = rules.get(name);
    if (!documentation) return;
    const close = make("form", { method: "dialog" }, make("button", { autofocus: true }, "Close"));
    const [summary, ...rest] = documentation.children;
    const [title, about] = summary.children;
    dialog.replaceChildren(
      close,
      make("h2", { id: "rule-name" }, title.textContent),
      make("p", {}, about.textContent),
      ...rest.map((block) => block.cloneNode(true)),
    );
    dialog.showModal();
    dialog.scrollTop = 0;
  }

  // Filters

  const scoreOf = (place) => Number(place?.closest("[data-l]")?.dataset.q ?? 2); // 2: none

  function passes(item) {
    const form = tools.elements;
    const severity = severityOf(item);
    return (
      all("[name=severity]:checked", tools).some((box) => box.value === severity) &&
      (!form.family.value || (rules.get(rule(item))?.dataset.g ?? rule(item)) === form.family.value) &&
      (!form.most || form.most.value === "1" || scoreOf(anchor(item)) <= Number(form.most.value))
    );
  }

  function filter() {
    if (!doc) return;
    const most = Number(tools.elements.most?.value ?? 1);
    if (tools.elements.shown) tools.elements.shown.value = most.toFixed(2);
    const worst = new Map();
    let total = 0;
    for (const item of all(".list > li", doc)) {
      item.hidden = !passes(item);
      total += 1;
      if (!item.hidden) worst.set(id(item), severities.indexOf(severityOf(item)));
    }
    for (const mark of all("[data-f]", doc)) {
      const grades = mark.dataset.f.split(" ").map((number) => worst.get(number) ?? -1);
      const grade = Math.max(...grades);
      mark.classList.remove(...severities, "off");
      mark.classList.add(grade < 0 ? "off" : severities[grade]);
    }
    for (const sentence of all("[data-l]", doc)) {
      sentence.classList.toggle("dim", most < 1 && scoreOf(sentence) > most);
    }
    if (card?.hidden) clear();
    count();
    tools.querySelector("[role=status]").textContent = `${worst.size} of ${total} findings shown`;
    const table = doc.querySelector(".sentences");
    if (table) tabulate(table);
  }

  // Tables

  function sortable(table) {
    all("thead th", table).forEach((head, column) => {
      const button = make("button", { type: "button" }, ...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        all("thead th", table).forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const key = (row) => row.cells[column].dataset.v ?? row.cells[column].textContent;
        const number = (text) => (/^[\d.,]+$/.test(text) ? Number(text.replaceAll(",", "")) : NaN);
        const numeric = head.classList.contains("n");
        const order = (a, b) => {
          if (!numeric) return key(a).localeCompare(key(b), undefined, { numeric: true });
          const [x, y] = [number(key(a)), number(key(b))];
          if (isNaN(x) || isNaN(y)) return isNaN(x) - isNaN(y); // what has no value stands last
          return x - y;
        };
        const rows = [...table.tBodies[0].rows].sort((a, b) => (down ? order(b, a) : order(a, b)));
        table.tBodies[0].append(...rows);
      });
    });
  }

  function tabulate(table) {
    const found = new Map();
    for (const item of cards()) {
      const sentence = anchor(item)?.closest("[data-l]");
      found.set(sentence, [...(found.get(sentence) ?? []), item]);
    }
    const rows = all("[data-l]", doc).map((sentence, number) => {
      const flags = (found.get(sentence) ?? []).map((item) =>
        make("a", { className: "flag " + severityOf(item), href: "#" + item.id }, rule(item)),
      );
      const { q, r } = sentence.dataset;
      const score = q ? (r ? `${q} (${r})` : q) : (r ?? "–");
      const row = make(
        "tr",
        {},
        make("td", { className: "n" }, String(number + 1)),
        make("td", { className: "n" }, sentence.dataset.l),
        make("td", { className: q ? "n" : "n zero" }, score),
        make("td", {}, ...flags),
        make("td", { dir: "auto" }, make("a", { href: "#" + sentence.id }, sentence.textContent)),
      );
      row.cells[1].dataset.v = number + 1;
      row.cells[2].dataset.v = q ?? "";
      row.cells[3].dataset.v = flags.length;
      row.hidden = sentence.classList.contains("dim");
      return row;
    });
    table.tBodies[0].replaceChildren(...rows);
    all("thead th", table).forEach((head) => head.removeAttribute("aria-sort"));
  }

  function asTable(on) {
    const button = tools.querySelector("#as-table");
    button.setAttribute("aria-pressed", String(on));
    let region = doc?.querySelector(".wide");
    if (on && !region) {
      const heads = [["#", "n"], ["Place", "n"], ["Score", "n"], ["Findings", "n flags"], ["Sentence", ""]];
      const head = make("tr", {}, ...heads.map(([name, className]) => make("th", { scope: "col", className }, name)));
      const table = make("table", { className: "sentences" }, make("thead", {}, head), make("tbody"));
      region = make("div", { className: "wide", tabIndex: 0, role: "region", ariaLabel: "Sentences" }, table);
      doc.querySelector(".text").before(region);
      sortable(table);
      tabulate(table);
    } else if (!on) region?.remove();
    if (doc) doc.querySelector(".text").hidden = on;
  }

  // What the reader does

  function click(event) {
    const { target } = event;
    const link = target.closest("a[href^='#']");
    if (link?.matches("[data-f]")) {
      event.preventDefault();
      // A second click on text that several findings share goes on to the next of them.
      const ids = link.dataset.f.split(" ").filter((number) => !cardOf(number).hidden);
      if (!ids.length) return;
      const next = card && ids.includes(id(card)) ? ids.indexOf(id(card)) + 1 : 0;
      return select(cardOf(ids[next % ids.length]), event.detail === 0);
    }
    if (/^#r\d/.test(link?.hash) && doc) {
      event.preventDefault();
      return tell(link.textContent);
    }
    if (link?.matches("li > :first-child > a")) {
      event.preventDefault();
      return select(link.closest("li"));
    }
    const item = target.closest(".list > li");
    if (item && !link && !getSelection().toString()) return select(item);
    const sentence = target.closest("[data-l]");
    if (sentence && !link && !getSelection().toString()) {
      const { told } = sentence.dataset;
      all("[data-told]", doc).forEach((other) => delete other.dataset.told);
      if (told === undefined) sentence.dataset.told = hintOf(sentence);
      return;
    }
    if (link && link.hash === location.hash) follow(true);
    if (target === dialog) dialog.close();
    const bars = target.closest(".bars");
    if (bars) {
      const box = bars.getBoundingClientRect();
      const home = docs[bars.dataset.d];
      const count = home.querySelectorAll("[data-l]").length;
      const columns = Math.ceil(count / bars.dataset.t);
      const column = Math.min(columns - 1, Math.floor((columns * (event.clientX - box.left)) / box.width));
      location.hash = `s${bars.dataset.d}-${column * bars.dataset.t}`;
    }
  }

  const cardOf = (number) => document.getElementById(`f${docs.indexOf(doc)}-${number}`);

  function press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || dialog.open) return;
    const { target, key } = event;
    if (key === "Escape" && card) {
      const back = marks(card, "f")[0];
      clear();
      return back?.focus({ preventScroll: true });
    }
    if (target.closest("input, select, textarea, [role=region]")) return;
    const listed = target.closest(".list");
    const sideways = !target.closest("summary, button");
    const by =
      key === "j" || (key === "ArrowDown" && listed) || (key === "ArrowRight" && sideways)
        ? 1
        : key === "k" || (key === "ArrowUp" && listed) || (key === "ArrowLeft" && sideways)
          ? -1
          : 0;
    if (by && doc) {
      event.preventDefault();
      step(by);
    } else if (key === "Enter" && target === card) {
      event.preventDefault();
      tell(rule(card));
    }
  }

  function hint(event) {
    const sentence = event.target.closest?.("[data-l]");
    if (!sentence || sentence.title) return;
    sentence.title = hintOf(sentence);
  }

  function hintOf(sentence) {
    const { l, q, r } = sentence.dataset;
    return [l, ...(q ? ["score " + q] : []), ...(r ? [r] : [])].join(", ");
  }

  const find = document.getElementById("find");
  if (find) {
    find.parentElement.hidden = false;
    const rows = [...document.querySelector(".sortable").tBodies[0].rows];
    find.addEventListener("input", () => {
      const wanted = find.value.toLowerCase();
      rows.forEach((row) => (row.hidden = !row.cells[0].textContent.toLowerCase().includes(wanted)));
      const left = rows.filter((row) => !row.hidden).length;
      find.nextElementSibling.textContent = wanted ? `${left} of ${rows.length}` : "";
    });
  }
  all(".sortable").forEach(sortable);
  document.addEventListener("click", click);
  document.addEventListener("keydown", press);
  document.addEventListener("pointerover", hint);
  addEventListener("hashchange", () => follow(true));
  if (!tools) return;
  tools.addEventListener("input", filter);
  tools.addEventListener("submit", (event) => event.preventDefault());
  tools.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.dataset.step) step(Number(button.dataset.step));
    else if (button && "close" in button.dataset) clear();
    else if (button) asTable(button.getAttribute("aria-pressed") !== "true");
  });
  if (single) show(docs[0]);
  if (location.hash) follow();
})();
