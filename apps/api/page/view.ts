import type { Identity } from './api.ts';

/** What a view works with. */
export interface View {
  readonly main: HTMLElement;
  readonly query: URLSearchParams;
  readonly identity: Identity;
  /** Aborted when another view is shown. */
  readonly signal: AbortSignal;
}

/** Puts what a view shows into the address, without showing it again: reloading and sharing give the same. */
export function keepInAddress(path: string, query: URLSearchParams): void {
  const text = query.toString();
  history.replaceState(null, '', `#${path}${text === '' ? '' : `?${text}`}`);
}
