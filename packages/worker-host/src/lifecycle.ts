import { IllegalTransitionError } from './errors.ts';
import type { LifecycleState } from './lifecycle-state.ts';

const exits: Readonly<Record<LifecycleState, readonly LifecycleState[]>> = {
  created: ['starting'],
  starting: ['running', 'draining', 'failed'],
  running: ['draining', 'failed'],
  draining: ['stopped', 'failed'],
  stopped: [],
  failed: [],
};

/**
 * The life of a worker, told once.
 *
 * | state    | entered when                                   | ready? | left for                                        |
 * |----------|------------------------------------------------|--------|-------------------------------------------------|
 * | created  | constructed                                    | no     | starting, by `run()`                            |
 * | starting | connections are being made                     | no     | running; draining on a signal; failed           |
 * | running  | the worker's loop runs                         | if its dependencies are | draining on a signal or when the loop ends; failed |
 * | draining | first SIGTERM/SIGINT, or the loop came to its end | no  | stopped when all is finished and closed; failed at the deadline, on a second signal (both forced) or on an error |
 * | stopped  | everything in hand was finished                | no     | final; exit code 0                              |
 * | failed   | an error (exit code 1) or force (exit code 3)  | no     | final                                           |
 *
 * Any other step throws {@link IllegalTransitionError}. A second SIGTERM/SIGINT while draining forces the stop; in
 * every other state it is the first one that counts.
 */
export class Lifecycle {
  #state: LifecycleState = 'created';
  #since = new Date();
  readonly #onChange: (state: LifecycleState, previous: LifecycleState) => void;

  constructor(onChange: (state: LifecycleState, previous: LifecycleState) => void = () => {}) {
    this.#onChange = onChange;
  }

  get state(): LifecycleState {
    return this.#state;
  }

  /** When the present state was entered. */
  get since(): Date {
    return this.#since;
  }

  /**
   * Enters `next`.
   * @throws IllegalTransitionError when the present state has no such exit
   */
  enter(next: LifecycleState): void {
    const previous = this.#state;
    const allowed = exits[previous];
    if (!allowed.includes(next)) throw new IllegalTransitionError(previous, next, allowed);
    this.#state = next;
    this.#since = new Date();
    this.#onChange(next, previous);
  }
}
