/** A value that panels and map share; listeners run when it changes. */
export class Store<T extends object> {
  private readonly listeners = new Set<(state: T, before: T) => void>();

  constructor(private state: T) {}

  get(): T {
    return this.state;
  }

  set(change: Partial<T>): void {
    const before = this.state;
    const next = { ...before, ...change };
    if ((Object.keys(change) as (keyof T)[]).every((key) => Object.is(before[key], next[key]))) return;
    this.state = next;
    for (const listener of this.listeners) listener(next, before);
  }

  /** Runs `listener` on every change of one of `keys`. */
  on<K extends keyof T>(keys: K[], listener: (state: T) => void): void {
    this.listeners.add((state, before) => {
      if (keys.some((key) => !Object.is(state[key], before[key]))) listener(state);
    });
  }
}
