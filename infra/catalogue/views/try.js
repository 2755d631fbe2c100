// Sends what a form of the reference was filled with, and shows the answer below it. The key stays on this page, and goes to this host alone.
const LONGEST = 20000;
const key = document.getElementById("key");

for (const part of document.querySelectorAll("[data-tries]")) part.hidden = false;
for (const form of document.querySelectorAll("form[data-method]")) {
  form.addEventListener("submit", (submitted) => {
    submitted.preventDefault();
    attempt(form);
  });
}

async function attempt(form) {
  const { method, path, scheme, mediaType } = form.dataset;
  const body = form.querySelector("textarea")?.value;
  show(form, "Asking", "");
  try {
    const headers = { ...Object.fromEntries(given(form, "header")), ...(await authorisation(scheme, key.value.trim())) };
    if (body !== undefined) headers["Content-Type"] = mediaType;
    const answer = await fetch(address(form, path), { method, headers, body, credentials: "omit" });
    show(form, `${answer.status} ${answer.statusText}`.trim(), laidOut(await answer.text()));
  } catch (failure) {
    show(form, `No answer: ${failure.message}`, "");
  }
}

function given(form, place) {
  const fields = [...form.querySelectorAll(`[data-in="${place}"]`)];
  return fields.map((field) => [field.name, field.value.trim()]).filter(([, value]) => value !== "");
}

function address(form, path) {
  // What is called `path` is the rest of an address, slashes included.
  const segment = (name, value) => (name === "path" ? value.replace(/^\/+/, "").split("/").map(encodeURIComponent).join("/") : encodeURIComponent(value));
  const filled = given(form, "path").reduce((text, [name, value]) => text.replace(`{${name}}`, () => segment(name, value)), path);
  const query = new URLSearchParams(given(form, "query")).toString();
  return query ? `${filled}?${query}` : filled;
}

async function authorisation(scheme, whole) {
  switch (scheme) {
    case "key":
      return { "X-Api-Key": whole };
    case "basic":
      return { Authorization: `Basic ${btoa(`${whole}:`)}` };
    case "token":
      return { Authorization: `Bearer ${await token(whole)}` };
    default:
      return {};
  }
}

// A key reads <name>-<id of its service>-<secret>; GOV.UK Notify's clients sign with the last that the second asks (HS256).
async function token(whole) {
  const [service, secret] = [whole.slice(-73, -37), whole.slice(-36)];
  const bytes = (text) => new TextEncoder().encode(text);
  const encoded = (raw) => btoa(String.fromCharCode(...raw)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const part = (claims) => encoded(bytes(JSON.stringify(claims)));
  const signed = `${part({ typ: "JWT", alg: "HS256" })}.${part({ iss: service, iat: Math.floor(Date.now() / 1000) })}`;
  const signer = await crypto.subtle.importKey("raw", bytes(secret), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return `${signed}.${encoded(new Uint8Array(await crypto.subtle.sign("HMAC", signer, bytes(signed))))}`;
}

function laidOut(text) {
  let shown = text;
  try {
    shown = JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    // It is no JSON, and is shown as it is.
  }
  return shown.length > LONGEST ? `${shown.slice(0, LONGEST)}…` : shown;
}

function show(form, status, text) {
  form.querySelector("[role=status]").textContent = status;
  const answer = form.querySelector("pre");
  answer.hidden = text === "";
  answer.firstElementChild.textContent = text;
}
