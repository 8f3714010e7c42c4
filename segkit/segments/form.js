"use strict";
const form = document.getElementById("questions");
const rows = [...document.querySelectorAll("tr[data-start]")];
const told = [...document.querySelectorAll(".segment[data-place]")];
const progress = document.getElementById("progress");
const SURE = Number(form.dataset.sure);

function answered(question) {
  const number = question.querySelector("input[type=number]");
  const chosen = number ?? question.querySelector("input:checked");
  const empty = !chosen || chosen.value === "" || !chosen.validity.valid;
  return empty ? null : chosen;
}

function show(place) {
  for (const line of told) line.hidden = line.dataset.place !== place;
}

function update() {
  const totals = rows.map((row) => Number(row.dataset.start));
  let open = 0;
  for (const question of form.querySelectorAll("fieldset")) {
    const chosen = answered(question);
    if (!chosen) {
      open += 1;
      continue;
    }
    const points = chosen.dataset.points.split(" ").map(Number);
    points.forEach((point, place) => { totals[place] += Number(chosen.value) * point; });
  }
  const highest = Math.max(...totals);
  const powers = totals.map((total) => Math.exp(total - highest));
  const sum = powers.reduce((one, other) => one + other, 0);
  rows.forEach((row, place) => {
    row.children[1].textContent = open ? "" : totals[place].toFixed(2);
    row.children[2].textContent = open ? "" : `${Math.round((100 * powers[place]) / sum)} %`;
  });
  progress.textContent = open ? `Questions still open: ${open}` : "";
  const sure = powers[totals.indexOf(highest)] / sum >= SURE;
  show(open ? "" : sure ? String(totals.indexOf(highest)) : "unclassified");
}

form.addEventListener("input", update);
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("reset", () => setTimeout(update));
update();
