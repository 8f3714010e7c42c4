"use strict";
const form = document.getElementById("questions");
const questions = [...form.querySelectorAll("fieldset")];
const rows = [...document.querySelectorAll("tr[data-rule]")];
const verdicts = [...document.querySelectorAll("[data-verdict]")];
const progress = document.getElementById("progress");

// null: still open; "": not known.
function answer(question) {
  const number = question.querySelector("input[type=number]");
  if (number && number.value !== "" && number.validity.valid) return Number(number.value);
  const chosen = question.querySelector("input:checked");
  return chosen ? chosen.value : null;
}

function holds([place, operator, value], answers) {
  const given = answers[place];
  if (given === null) return null;
  if (given === "") return false;
  if (operator === "above") return given > value;
  if (operator === "at most") return given <= value;
  return (given === value) === (operator === "is");
}

function some(found) {
  return found.includes(true) ? true : found.includes(null) ? null : false;
}

function every(found) {
  return found.includes(false) ? false : found.includes(null) ? null : true;
}

function update(event) {
  const typed = event?.target;
  if (typed?.type === "number" && typed.value !== "") {
    typed.closest("fieldset").querySelectorAll("input:checked").forEach((one) => { one.checked = false; });
  } else if (typed?.type === "radio") {
    typed.closest("fieldset").querySelectorAll("input[type=number]").forEach((one) => { one.value = ""; });
  }
  const answers = questions.map(answer);
  const lists = { target: [], "non-target": [] };
  for (const row of rows) {
    const found = every(JSON.parse(row.dataset.rule).map(
      (clause) => some(clause.map((test) => holds(test, answers)))));
    row.lastElementChild.textContent = found === null ? "" : found ? "yes" : "no";
    lists[row.dataset.list].push(found);
  }
  const target = some(lists.target);
  const other = some(lists["non-target"]);
  const open = target === null || other === null;
  const told = open ? "" : target === other ? "undecided" : target ? "target" : "non-target";
  for (const line of verdicts) line.hidden = line.dataset.verdict !== told;
  const left = answers.filter((one) => one === null).length;
  progress.textContent = open ? `Questions still open: ${left}` : "";
}

form.addEventListener("input", update);
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("reset", () => setTimeout(update));
update();
