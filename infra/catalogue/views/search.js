// Narrows the list of everything to what has all the words asked for, as they are typed.
const field = document.getElementById("q");
const found = document.getElementById("found");
const items = [...document.querySelectorAll("[data-words]")];

function narrow() {
  const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const item of items) item.hidden = !words.every((word) => item.dataset.words.includes(word));
  const left = items.filter((item) => !item.hidden).length;
  found.textContent = `${left} ${left === 1 ? "page or operation" : "pages and operations"}${words.length ? ` for ‘${field.value.trim()}’` : ""}`;
}

field.value = new URLSearchParams(location.search).get("q") ?? "";
field.addEventListener("input", narrow);
narrow();
