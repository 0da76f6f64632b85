"use strict";
(() => {
  const at = (id) => document.getElementById(id);
  const data = JSON.parse(at("data").textContent);
  const count = data.keys.length;
  const kept = "caselink review " + data.name;
  const named = { match: "match", not: "not a match", unsure: "unsure" };
  const unseen = new Set(data.unseen);
  let answers = {};
  let past = [];
  let place = 0;
  let shown = false;

  const recall = () => {
    try {
      const held = JSON.parse(localStorage.getItem(kept) || "{}");
      for (let n = 0; n < count; n += 1) {
        if (Object.hasOwn(named, held[n])) answers[n] = held[n];
      }
    } catch { answers = {}; }
  };
  const keep = () => {
    try { localStorage.setItem(kept, JSON.stringify(answers)); return true; } catch { return false; }
  };
  const visible = (text) => [...text].map((one) => (
    unseen.has(one) ? `[U+${one.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}]` : one
  )).join("");
  const cell = (tag, text, scope) => {
    const made = document.createElement(tag);
    made.textContent = visible(text);
    if (tag === "td") made.dir = "auto";
    if (scope) made.scope = scope;
    if (text === data.withheld) made.className = "withheld";
    return made;
  };
  const row = (cells) => {
    const made = document.createElement("tr");
    made.append(...cells);
    return made;
  };

  const draw = () => {
    const [left, right] = (shown && data.whole ? data.whole : data.masked)[place];
    const key = data.keys[place];
    at("left").textContent = visible(key[0] + " " + key[1]);
    at("right").textContent = visible(key[2] + " " + key[3]);
    at("values").replaceChildren(...data.fields.map((name, n) => {
      const made = row([cell("th", name, "row"), cell("td", left[n]), cell("td", right[n])]);
      if (left[n] !== right[n] && left[n] !== data.withheld && right[n] !== data.withheld) {
        made.className = "differ";
        const mark = cell("span", "differ");
        mark.className = "tag";
        made.firstChild.append(mark);
      }
      return made;
    }));
    at("evidence").replaceChildren(...data.evidence[place].map(([fact, alike, bits]) => {
      const number = cell("td", bits);
      number.classList.add("num");
      return row([cell("th", fact, "row"), cell("td", alike), number]);
    }));
    for (const one of Object.keys(named)) at(one).setAttribute("aria-pressed", String(answers[place] === one));
    if (at("reveal")) at("reveal").setAttribute("aria-pressed", String(shown));
    const done = Object.keys(answers).length;
    at("place").textContent = `Pair ${place + 1} of ${count}`;
    at("count").textContent = `${done} of ${count} answered`;
    at("done").value = done;
    at("back").disabled = place === 0;
    at("next").disabled = place === count - 1;
    at("undo").disabled = past.length === 0;
  };
  const say = (text) => { at("said").textContent = text; };
  const go = (to) => {
    if (to < 0 || to >= count) return;
    place = to;
    shown = false;
    draw();
  };
  const goOpen = () => {
    for (let step = 1; step <= count; step += 1) {
      const n = (place + step) % count;
      if (!answers[n]) { go(n); return; }
    }
    say("All pairs are answered. Export them below.");
  };
  const answer = (what) => {
    past.push([place, answers[place]]);
    answers[place] = what;
    const held = keep();
    const told = `Pair ${place + 1}: ${named[what]}. `;
    if (place < count - 1) go(place + 1); else draw();
    const done = Object.keys(answers).length;
    const next = done === count ? "All pairs are answered: export them below." : `Now pair ${place + 1} of ${count}.`;
    say(told + next + (held ? "" : " This browser keeps no answers: export before you close the page."));
  };
  const undo = () => {
    if (!past.length) return;
    const [where, before] = past.pop();
    if (before) answers[where] = before; else delete answers[where];
    keep();
    go(where);
    say(`Pair ${where + 1}: ${before ? "again " + named[before] : "open again"}.`);
  };
  const reveal = () => {
    if (!data.whole) return;
    shown = !shown;
    draw();
    say(shown ? "Whole values are shown." : "Values are masked.");
  };
  const risky = new RegExp(data.risky);
  const guarded = (text) => (risky.test(text) ? "'" + text : text);
  const quoted = (text) => `"${guarded(text).replaceAll('"', '""')}"`;
  const asCsv = () => {
    const rows = [];
    for (let n = 0; n < count; n += 1) if (answers[n]) rows.push([...data.keys[n], answers[n]]);
    return [data.columns, ...rows].map((one) => one.map(quoted).join(",")).join("\r\n") + "\r\n";
  };
  const save = () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([asCsv()], { type: "text/csv;charset=utf-8" }));
    link.download = "decisions.csv";
    link.click();
    URL.revokeObjectURL(link.href);
    say(`${Object.keys(answers).length} decisions exported.`);
  };
  let asked = false;
  const forget = () => {
    if (!asked) { asked = true; say("Press again to forget all answers."); return; }
    asked = false;
    answers = {};
    past = [];
    try { localStorage.removeItem(kept); } catch { /* nothing is kept then */ }
    draw();
    say("All answers are forgotten.");
  };

  recall();
  if (!count) { say("There are no pairs to review."); return; }
  for (const one of Object.keys(named)) at(one).addEventListener("click", () => answer(one));
  at("back").addEventListener("click", () => go(place - 1));
  at("next").addEventListener("click", () => go(place + 1));
  at("open").addEventListener("click", goOpen);
  at("undo").addEventListener("click", undo);
  at("export").addEventListener("click", save);
  at("forget").addEventListener("click", forget);
  if (at("reveal")) at("reveal").addEventListener("click", reveal);
  const pressed = { m: () => answer("match"), n: () => answer("not"), u: () => answer("unsure"), r: reveal, o: goOpen, z: undo };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
    if (event.target.closest(".scroll") === null) {
      if (event.key === "ArrowLeft") go(place - 1);
      if (event.key === "ArrowRight") go(place + 1);
    }
    if (at("keys").checked && pressed[event.key]) { event.preventDefault(); pressed[event.key](); }
  });
  at("keys").addEventListener("change", () => say(at("keys").checked ? "Letter keys answer." : "Letter keys are off."));
  const first = [...Array(count).keys()].find((n) => !answers[n]);
  go(first === undefined ? 0 : first);
})();
