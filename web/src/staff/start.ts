import { feedbackScreen } from "../feedback/desk";
import { say } from "../i18n";
import { Activity } from "../state/activity";
import { h } from "../panels/dom";
import { Calls } from "./calls";
import type { DeskParts } from "./config";
import { action } from "./controls";
import { ask } from "./dialogs";
import { unitName, type Desk, type Screen } from "./desk";
import { editScreen } from "./edit/screen";
import { Frame, said } from "./frame";
import { homeScreen } from "./home";
import { Http } from "./http";
import { loginAgain, loginForm } from "./login";
import { DeskMap } from "./map";
import { parseRoute, writeRoute, type Route } from "./route";
import type { Me } from "./types";
import { uploadScreen } from "./upload/screen";
import { w } from "./words";

/** Begins the page: who is asking, then the screen that the address names. */
export function startDesk(parts: DeskParts): void {
  new DeskPage(parts).begin();
}

function screenOf(desk: Desk, route: Route, focus: boolean): Screen {
  switch (route.view) {
    case "home":
      return homeScreen(desk, route);
    case "upload":
      return uploadScreen(desk, route, focus);
    case "feedback":
      return feedbackScreen(desk, route);
    case "edit":
      return editScreen(desk, route);
  }
}

class DeskPage {
  private readonly frame = new Frame();
  private readonly activity = new Activity(document.documentElement);
  private readonly http = new Http();
  private readonly calls = new Calls(this.http);
  private readonly map: DeskMap;
  private me: Me | null = null;
  private screen: Screen | null = null;
  private renewal: Promise<void> | null = null;
  /** Of the screen that is open. */
  private address = location.hash;

  constructor(private readonly parts: DeskParts) {
    this.map = new DeskMap(parts, this.activity);
    this.http.renew = () => this.renew();
    window.addEventListener("popstate", () => void this.went());
    window.addEventListener("hashchange", () => this.linkOthers());
    for (const link of document.querySelectorAll<HTMLAnchorElement>('[data-part="home"], [data-part="views"] a')) {
      link.addEventListener("click", (event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey) return;
        event.preventDefault();
        void this.go(parseRoute(link.hash));
      });
    }
  }

  begin(): void {
    this.activity.begin("session");
    void this.calls
      .me()
      .then((me) => this.entered(me, false))
      .catch((error: unknown) => this.unreachable(error))
      .finally(() => this.activity.end("session"));
  }

  private entered(me: Me, focus: boolean): void {
    this.me = me;
    this.frame.account(
      me,
      (code) => unitName(this.parts.page, code),
      () => this.leave(),
    );
    this.open(focus);
  }

  private async leave(): Promise<void> {
    await this.calls.logout();
    // What was on the screen belongs to the account that left.
    history.replaceState(null, "", "#");
    this.entered({ username: null, role: "public", units: [], sign_on: this.me?.sign_on ?? null }, true);
    this.frame.announce(w("loggedOut"));
  }

  /** Asks for the login again over the screen as it is; several requests ask once. */
  private renew(): Promise<void> {
    const before = this.me?.username;
    this.renewal ??= loginAgain(async (username, password) => {
      this.me = await this.calls.login(username, password);
    })
      .then(() => {
        if (this.me && this.me.username !== before) this.entered(this.me, true);
      })
      .finally(() => {
        this.renewal = null;
      });
    return this.renewal;
  }

  private open(focus: boolean): void {
    this.screen?.leave();
    this.screen = null;
    this.linkOthers();
    if (!this.me || this.me.role === "public") {
      this.frame.show(this.loginScreen(), w("login"), focus);
      return;
    }
    const route = parseRoute(location.hash);
    this.address = location.hash === "" ? "#" : location.hash;
    const desk: Desk = {
      config: this.parts.page,
      calls: this.calls,
      frame: this.frame,
      map: this.map,
      activity: this.activity,
      me: this.me,
      go: (to) => void this.go(to),
      keep: (to) => {
        this.address = writeRoute(to);
        history.replaceState(null, "", this.address);
        this.linkOthers();
      },
    };
    this.frame.at(route.view === "edit" || route.view === "feedback" ? route.view : "uploads");
    this.screen = screenOf(desk, route, focus);
    this.frame.show(this.screen.element, this.screen.title, focus);
  }

  private async go(route: Route): Promise<void> {
    if (!(await this.mayLeave())) return;
    history.pushState(null, "", writeRoute(route));
    this.open(true);
  }

  /** The browser's back and forward; what is not saved stays until the person says so. */
  private async went(): Promise<void> {
    if (this.screen?.unsaved?.()) {
      const to = location.hash;
      history.pushState(null, "", this.address);
      if (!(await this.mayLeave())) return;
      history.replaceState(null, "", to === "" ? "#" : to);
    }
    this.open(true);
  }

  private async mayLeave(): Promise<boolean> {
    if (!this.screen?.unsaved?.()) return true;
    return (await ask({ title: w("unsavedTitle"), text: w("unsavedText"), confirm: w("discard"), danger: true })) !== null;
  }

  private loginScreen(): HTMLElement {
    return loginForm(
      async (username, password) => {
        const me = await this.calls.login(username, password);
        this.entered(me, true);
        this.frame.announce(w("loggedIn", { name: me.username ?? "" }));
      },
      w("loginLead", { city: say(this.parts.page.title) }),
      this.me?.sign_on,
    );
  }

  private unreachable(error: unknown): void {
    const { detail, remedy } = said(error);
    const again = action(w("retry"), () => {
      this.begin();
    });
    this.frame.show(h("div", { class: "nothing" }, h("h1", {}, detail), h("p", {}, remedy), again), "", false);
  }

  /** The other language keeps what is shown. */
  private linkOthers(): void {
    for (const link of document.querySelectorAll<HTMLAnchorElement>("a[data-keeps-state]")) link.hash = location.hash;
  }
}
