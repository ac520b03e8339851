import { randomBytes } from 'node:crypto';

/** The outcome of a token that a request carried. */
export type TokenState = 'valid' | 'absent' | 'unknown' | 'expired' | 'wrong-audience';

/** Issues access tokens and says later whether they are good; opaque, as clients must treat real ones. */
export class TokenIssuer {
  readonly #lifetimeSeconds: number;
  readonly #tokens = new Map<string, { readonly resource: string; readonly expiresOn: number }>();

  constructor(lifetimeSeconds: number) {
    this.#lifetimeSeconds = lifetimeSeconds;
  }

  /** A token for a resource such as `https://vault.azure.net`; `expiresOn` in unix seconds. */
  issue(resource: string): { readonly token: string; readonly expiresOn: number } {
    const token = randomBytes(32).toString('base64url');
    const expiresOn = Math.floor(Date.now() / 1_000) + this.#lifetimeSeconds;
    this.#tokens.set(token, { resource: withoutSlash(resource), expiresOn });
    return { token, expiresOn };
  }

  /** Judges an Authorization header. */
  check(authorization: string | undefined, resources: readonly string[]): TokenState {
    const token = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) return 'absent';
    const issued = this.#tokens.get(token);
    if (issued === undefined) return 'unknown';
    if (issued.expiresOn * 1_000 <= Date.now()) return 'expired';
    return resources.includes(issued.resource) ? 'valid' : 'wrong-audience';
  }

  /** Makes all tokens invalid, as a revocation does. */
  revokeAll(): void {
    this.#tokens.clear();
  }
}

function withoutSlash(resource: string): string {
  return resource.replace(/\/$/, '');
}
