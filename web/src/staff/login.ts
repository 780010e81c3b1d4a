import { h } from "../panels/dom";
import { labelled, linkAction } from "./controls";
import { said } from "./frame";
import { icon } from "./icons";
import { Problem } from "./problem";
import { w } from "./words";

/** The form to log in. `login` fails with a Problem, whose words are shown where they are needed. */
export function loginForm(
  login: (username: string, password: string) => Promise<void>,
  lead: string,
  signOn: string | null = null,
): HTMLElement {
  const name = h("input", {
    class: "input",
    name: "username",
    autocomplete: "username",
    autocapitalize: "none",
    spellcheck: "false",
    required: true,
    maxlength: 100,
  });
  const password = h("input", {
    class: "input",
    name: "password",
    type: "password",
    autocomplete: "current-password",
    required: true,
    maxlength: 1000,
  });
  const shown = h("button", { type: "button", class: "act act-link password-shown", "aria-pressed": "false" }, w("showPassword"));
  shown.addEventListener("click", () => {
    const plain = password.type === "password";
    password.type = plain ? "text" : "password";
    shown.setAttribute("aria-pressed", String(plain));
  });
  const wrong = h("div", { class: "login-wrong", role: "alert" });
  const submit = h("button", { type: "submit", class: "act act-primary login-submit" }, w("login"));
  const form = h(
    "form",
    { class: "login-form", novalidate: true },
    labelled(w("username"), name),
    h("div", { class: "password" }, labelled(w("password"), password), shown),
    wrong,
    submit,
  );
  const say = (detail: string, remedy: string): void => {
    wrong.replaceChildren(icon("error"), h("div", {}, h("strong", {}, detail), remedy ? h("p", {}, remedy) : null));
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (submit.getAttribute("aria-busy") === "true") return;
    wrong.replaceChildren();
    const empty = [name, password].find((input) => input.value === "");
    if (empty) {
      say(w(empty === name ? "usernameMissing" : "passwordMissing"), "");
      empty.focus();
      return;
    }
    submit.setAttribute("aria-busy", "true");
    void login(name.value.trim(), password.value)
      .catch((error: unknown) => {
        const { detail, remedy } = said(error);
        const wait = error instanceof Problem ? error.retryAfterS : null;
        say(detail, wait && wait > 0 ? w("waitBefore", { time: waitWords(wait) }) : remedy);
        password.select();
      })
      .finally(() => submit.removeAttribute("aria-busy"));
  });
  return h(
    "div",
    { class: "login" },
    h("h1", {}, w("loginTitle")),
    h("p", { class: "muted" }, lead),
    form,
    signOn ? linkAction(w("signOn"), `${signOn}?next=${encodeURIComponent(location.pathname + location.search)}`) : null,
  );
}

/** How long to wait, rounded up: seconds below two minutes, then minutes. */
export function waitWords(seconds: number): string {
  return seconds < 120 ? w("seconds", { n: Math.ceil(seconds) }) : w("minutes", { n: Math.ceil(seconds / 60) });
}

/** Asks for the password again over what is being done, which stays as it is. */
export function loginAgain(login: (username: string, password: string) => Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    let done = false;
    const form = loginForm(async (username, password) => {
      await login(username, password);
      done = true;
      dialog.close();
    }, w("sessionEnded"));
    const leave = h("button", { type: "button", class: "act act-link" }, w("cancel"));
    const dialog = h("dialog", { class: "dialog", "aria-label": w("loginTitle") }, form, leave);
    leave.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => {
      dialog.remove();
      if (done) resolve();
      else reject(new Problem(401, "login_required", w("notLoggedIn"), w("notLoggedInRemedy")));
    });
    document.body.append(dialog);
    dialog.showModal();
    form.querySelector("input")?.focus();
  });
}
