/** What a view works with. */
export interface View {
  readonly main: HTMLElement;
  readonly query: URLSearchParams;
  /** Aborted when another view is shown. */
  readonly signal: AbortSignal;
}
