import { createRemoteJWKSet, customFetch, errors, type FetchImplementation, type JWTPayload, jwtVerify } from 'jose';
import { IdentityProviderError } from '../errors.ts';
import type { Settings } from '../options.ts';
import type { Identity } from './identity.ts';

/** What of a token's claims counts. */
interface Claims extends JWTPayload {
  readonly oid?: unknown;
  readonly tid?: unknown;
  readonly scp?: unknown;
  readonly azp?: unknown;
  readonly appid?: unknown;
  readonly groups?: unknown;
  readonly roles?: unknown;
}

/** Most bytes of the directory's keys, which are some twenty thousand. */
const mostKeyBytes = 1_048_576;

/** As `fetch`, but a body with more than {@link mostKeyBytes} breaks off. */
const fetchKeys: FetchImplementation = async (url, init) => {
  const response = await fetch(url, init);
  const { body, status, headers } = response;
  if (status !== 200 || body === null) return response;
  let bytes = 0;
  const counted = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      bytes += chunk.length;
      if (bytes <= mostKeyBytes) controller.enqueue(chunk);
      else controller.error(new RangeError(`The keys have more than ${mostKeyBytes} bytes.`));
    },
  });
  return new Response(body.pipeThrough(counted), { status, headers });
};

/** Seconds that the clocks of both sides may differ. */
const clockTolerance = 60;

/**
 * Finds who an access token of Microsoft Entra ID belongs to. It must be signed by a key of the directory, made by it for this API, and
 * valid now; names and addresses in it, which people can change, are never looked at. Keys are fetched once, and again for a token with
 * an unknown one; while they can't be fetched, those that are known go on.
 */
export class EntraIdentities {
  readonly #settings: Settings['Entra'] & { readonly DirectoryId: string };
  readonly #keys: ReturnType<typeof createRemoteJWKSet>;

  constructor(settings: Settings['Entra'] & { readonly DirectoryId: string }) {
    this.#settings = settings;
    const { Authority, DirectoryId, JwksUri } = settings;
    const address = JwksUri ?? `${Authority.replace(/\/$/, '')}/${DirectoryId}/discovery/v2.0/keys`;
    const times = { timeoutDuration: 5_000, cooldownDuration: 10_000 };
    this.#keys = createRemoteJWKSet(new URL(address), { ...times, [customFetch]: fetchKeys });
  }

  /** @returns undefined for a token that isn't valid, and for whom no assignment fits @throws IdentityProviderError */
  async find(token: string): Promise<Identity | undefined> {
    const { Authority, DirectoryId, Audiences, Scope } = this.#settings;
    const claims = await this.#verified(token, {
      algorithms: ['RS256'],
      audience: [...Audiences],
      // Of version 2 and of version 1; the API's registration says which it gets.
      issuer: [`${Authority.replace(/\/$/, '')}/${DirectoryId}/v2.0`, `https://sts.windows.net/${DirectoryId}/`],
      requiredClaims: ['exp', 'tid', 'oid'],
      clockTolerance,
    });
    if (claims === undefined || claims.tid !== DirectoryId || typeof claims.oid !== 'string') return undefined;
    // Tokens of applications have no scopes.
    if (Scope !== undefined && claims.scp !== undefined && !String(claims.scp).split(' ').includes(Scope))
      return undefined;
    const assigned = this.#settings.Assignments.find(({ Claim, Value }) => valuesOf(claims, Claim).includes(Value));
    if (assigned === undefined) return undefined;
    return { tenantId: assigned.TenantId, role: assigned.Role, subject: `entra:${claims.oid}` };
  }

  async #verified(token: string, options: Parameters<typeof jwtVerify>[2]): Promise<Claims | undefined> {
    try {
      return (await jwtVerify<Claims>(token, this.#keys, options)).payload;
    } catch (error) {
      const isUnreachable =
        error instanceof errors.JWKSTimeout ||
        error instanceof errors.JWKSInvalid ||
        !(error instanceof errors.JOSEError) ||
        error.code === 'ERR_JOSE_GENERIC';
      if (isUnreachable) throw new IdentityProviderError(error);
      return undefined;
    }
  }
}

function valuesOf(claims: Claims, claim: 'oid' | 'groups' | 'roles' | 'appid'): readonly unknown[] {
  if (claim === 'oid') return [claims.oid];
  if (claim === 'appid') return [claims.azp ?? claims.appid];
  const values = claims[claim];
  return Array.isArray(values) ? values : [];
}
