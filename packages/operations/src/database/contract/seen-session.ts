/** Sessions of one program, machine and login. */
export interface SeenSession {
  /** Its application name. */
  readonly program: string;
  readonly host: string;
  readonly login: string;
  /** The number of the newest migration that it knows of; `null`: the name doesn't say. */
  readonly schema: number | null;
  /** Most at a time. */
  readonly sessions: number;
}
