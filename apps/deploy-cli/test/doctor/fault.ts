/** A fault that is put into a healthy system, with what `hartonomous doctor` must find of it. */
export interface Fault {
  /** For people. */
  readonly name: string;
  readonly seed: () => Promise<unknown>;
  /** Takes it back where `--fix` doesn't. */
  readonly undo: () => Promise<unknown>;
  /** Ids of findings, each with words of its message or action. A fault may show in several. */
  readonly finds: Readonly<Record<string, RegExp>>;
  /** Whether `--fix` claims to fix it. */
  readonly isFixed?: boolean;
}
