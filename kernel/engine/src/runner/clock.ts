import { dueOf, nextOf } from "../machine/timers.js";
import type { Definition } from "./instance.js";
import { startPoints } from "./starts.js";

interface StartTimer {
  definition: Definition;
  element: string;
  at: string;
  cycle?: string;
  repeat?: number;
}

/** Something that is due: a timer of an instance, or the start of a process. */
export type Due = { at: string; instance: string; timer: string } | { at: string; start: StartTimer };

/** What is due when: the timers of instances and of start events. */
export class Clock {
  readonly #timers = new Map<string, { at: string; instance: string; timer: string }>();
  #starts: StartTimer[] = [];

  schedule(instance: string, timer: string, at: string): void {
    this.#timers.set(`${instance} ${timer}`, { at, instance, timer });
  }

  cancel(instance: string, timer: string): void {
    this.#timers.delete(`${instance} ${timer}`);
  }

  /** Watches the timer starts of a definition instead of those of its earlier version. */
  watch(definition: Definition, now: string): void {
    this.#starts = this.#starts.filter(({ definition: { key } }) => key !== definition.key);
    for (const { event, element } of startPoints(definition.model)) {
      const due = event.timer && dueOf(now, event.timer.kind, event.timer.expression);
      if (due) this.#starts.push({ definition, element, ...due });
    }
  }

  /** Takes the earliest that is due until an instant; a cycle comes again. */
  take(until: string): Due | undefined {
    let first: Due | undefined;
    for (const timer of this.#timers.values()) if (timer.at <= until && (!first || timer.at < first.at)) first = timer;
    for (const start of this.#starts)
      if (start.at <= until && (!first || start.at < first.at)) first = { at: start.at, start };
    if (!first) return undefined;
    if ("start" in first) this.#again(first.start);
    else this.cancel(first.instance, first.timer);
    return first;
  }

  #again(start: StartTimer): void {
    this.#starts = this.#starts.filter((other) => other !== start);
    const next = start.cycle === undefined ? undefined : nextOf(start.at, start.cycle, start.repeat ?? 0);
    if (next) this.#starts.push({ ...start, ...next });
  }
}
