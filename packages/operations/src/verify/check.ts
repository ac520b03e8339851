/** One thing that was looked at. */
export interface Check {
  /** Stable name, for scripts: `broker.enabled`, `object.table.dbo.Atom`. */
  readonly id: string;
  readonly ok: boolean;
  /** What is right, or what is wrong. */
  readonly message: string;
  /** What to do; null where it is right. */
  readonly action: string | null;
}

/** A check that found what it should. */
export function passed(id: string, message: string): Check {
  return { id, ok: true, message, action: null };
}

/** A check that found something else. */
export function failed(id: string, message: string, action: string): Check {
  return { id, ok: false, message, action };
}
