"use strict";
const form = document.getElementById("survey");
const columns = JSON.parse(form.dataset.columns);
const versions = [...form.querySelectorAll("section[data-version]")];
const who = form.elements.respondent;
const progress = document.getElementById("progress");
const thanks = document.getElementById("thanks");

function shown() {
  return versions.find((version) => !version.hidden);
}

function chosen(name) {
  return form.querySelector(`input[name="${name}"]:checked`)?.value ?? "";
}

// The same code always meets the same version; answers already given keep theirs.
function pick() {
  if (shown()?.querySelector("input:checked")) return;
  let sum = 0;
  for (const sign of who.value.trim()) sum = (sum * 31 + sign.codePointAt(0)) % 1000003;
  versions.forEach((version, place) => { version.hidden = place !== sum % versions.length; });
}

function stillOpen() {
  const groups = [...(shown()?.querySelectorAll("[data-needs]") ?? [])];
  return groups.filter((group) => group.dataset.needs.split(" ").some((name) => !chosen(name)));
}

function count() {
  const open = stillOpen().length;
  progress.textContent = open ? `${form.dataset.open}: ${open}` : "";
  thanks.hidden = true;
}

// Nothing can be best and worst at once: the later click counts. Arrow keys choose all that they
// pass, so that what was only passed over is given back.
let passed = null;
function part(changed) {
  if (passed?.by === changed.name && !chosen(passed.other.name)) passed.other.checked = true;
  passed = null;
  const other = changed.dataset.other;
  const same = other && form.querySelector(`input[name="${other}"][value="${changed.value}"]`);
  if (same?.checked) {
    same.checked = false;
    passed = { by: changed.name, other: same };
  }
}

function cell(rule) {
  if (typeof rule !== "object") return rule;
  if ("field" in rule) return form.elements[rule.field].value.trim();
  if ("number" in rule) return Number(chosen(rule.number));
  if ("text" in rule) return chosen(rule.text);
  if ("is" in rule) return chosen(rule.is) === rule.value ? "true" : "false";
  return Number(chosen(rule.best) === rule.value) - Number(chosen(rule.worst) === rule.value);
}

// A spreadsheet runs text that begins like a formula; an apostrophe keeps it text.
function quoted(value) {
  if (typeof value === "number") return String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function save() {
  const rows = JSON.parse(shown().dataset.rows).map((row) => row.map(cell));
  const lines = [columns, ...rows].map((row) => `${row.map(quoted).join(",")}\r\n`);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(["\ufeff", ...lines], { type: "text/csv" }));
  link.download = form.dataset.file;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  thanks.hidden = false;
}

who.addEventListener("change", () => { pick(); count(); });
form.addEventListener("input", (event) => {
  if (event.target.type === "radio") part(event.target);
  count();
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (!shown()) pick();
  const [first] = stillOpen();
  if (first) {
    count();
    first.scrollIntoView({ block: "center" });
    first.querySelector("input").focus();
  } else {
    save();
  }
});
form.addEventListener("reset", () => setTimeout(() => { pick(); count(); }));
if (versions.length === 1) versions[0].hidden = false;
count();
