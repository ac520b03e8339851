import { randomBytes, timingSafeEqual } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KeyFolderError } from './errors.ts';
import type { EmulatorRequest, EmulatorResponse } from './http-exchange.ts';
import type { TokenIssuer } from './tokens.ts';

/** How the challenge goes wrong, for tests of what a client then says. */
export type ChallengeFault =
  | 'wrong-extension'
  | 'wrong-folder'
  | 'too-large'
  | 'no-file'
  | 'no-header'
  | 'other-scheme'
  | 'wrong-secret';

/** The one path of the endpoint. */
export const identityPath = '/metadata/identity/oauth2/token';

/** Clients refuse key files above this size in bytes. */
const maxKeyBytes = 4_096;

/**
 * Where clients accept key files from: the folder of the Arc agent.
 * @param programData value of %ProgramData%, for Windows
 */
export function agentKeyFolder(platform: NodeJS.Platform = process.platform, programData = process.env.ProgramData) {
  return platform === 'win32'
    ? `${programData ?? 'C:\\ProgramData'}\\AzureConnectedMachineAgent\\Tokens`
    : '/var/opt/azcmagent/tokens';
}

/**
 * The identity endpoint of the Azure Arc agent (himds): a token request is answered with 401 and the path of a new key
 * file, and with the token once it is repeated with the content of that file. A key file serves one request.
 */
export class ArcIdentity implements AsyncDisposable {
  /** Set it to make challenges go wrong. */
  challengeFault: ChallengeFault | undefined;
  readonly #tokens: TokenIssuer;
  readonly #folder: string | undefined;
  readonly #keys = new Map<string, string>();

  /** @param folder of the key files; undefined: tokens are given without challenge */
  constructor(tokens: TokenIssuer, folder: string | undefined) {
    this.#tokens = tokens;
    this.#folder = folder;
  }

  /** Makes the key folder. @throws KeyFolderError */
  async prepare(): Promise<void> {
    if (this.#folder === undefined) return;
    const probe = join(this.#folder, `${randomBytes(8).toString('hex')}.key`);
    try {
      await mkdir(this.#folder, { recursive: true });
      await writeFile(probe, '', { mode: 0o640 });
      await rm(probe);
    } catch (error) {
      throw new KeyFolderError(this.#folder, error);
    }
  }

  async handle({ method, rawPath, query, headers }: EmulatorRequest): Promise<EmulatorResponse> {
    if (method !== 'GET' || rawPath !== identityPath) return { status: 405 };
    if (headers.metadata?.toString().toLowerCase() !== 'true') {
      return refusal('invalid_request', 'The request has no header Metadata: true.');
    }
    if (query.get('api-version') === undefined) return refusal('invalid_request', 'api-version is missing.');
    const resource = query.get('resource');
    if (resource === undefined || resource === '') return refusal('invalid_resource', 'resource is missing.');
    if (['client_id', 'object_id', 'msi_res_id', 'mi_res_id'].some((name) => query.has(name))) {
      return refusal('invalid_request', 'This machine has a system-assigned identity only: give no client id.');
    }
    if (this.#folder !== undefined) {
      const { authorization } = headers;
      if (authorization === undefined) return await this.#challenge(this.#folder);
      if (!(await this.#redeem(authorization))) return { status: 401, json: unauthorized };
    }
    const { token, expiresOn } = this.#tokens.issue(resource);
    return {
      status: 200,
      json: { access_token: token, expires_on: String(expiresOn), resource, token_type: 'Bearer' },
    };
  }

  async #challenge(folder: string): Promise<EmulatorResponse> {
    const fault = this.challengeFault;
    if (fault === 'no-header') return { status: 401, json: unauthorized };
    const extension = fault === 'wrong-extension' ? 'txt' : 'key';
    const path = join(
      fault === 'wrong-folder' ? join(folder, '..') : folder,
      `${randomBytes(16).toString('hex')}.${extension}`,
    );
    const secret = randomBytes(fault === 'too-large' ? maxKeyBytes : 32).toString('hex');
    if (fault !== 'no-file') await writeFile(path, secret, { mode: 0o640, flag: 'wx' });
    this.#keys.set(path, fault === 'wrong-secret' ? randomBytes(32).toString('hex') : secret);
    const scheme = fault === 'other-scheme' ? 'Digest' : 'Basic';
    return { status: 401, headers: { 'www-authenticate': `${scheme} realm=${path}` }, json: unauthorized };
  }

  async #redeem(authorization: string): Promise<boolean> {
    const given = Buffer.from(authorization.replace(/^Basic /, ''));
    for (const [path, secret] of this.#keys) {
      const expected = Buffer.from(secret);
      if (expected.length !== given.length || !timingSafeEqual(expected, given)) continue;
      this.#keys.delete(path);
      await rm(path, { force: true });
      return true;
    }
    return false;
  }

  /** Removes key files that no client has used. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#keys.keys()].map((path) => rm(path, { force: true })));
    this.#keys.clear();
  }
}

const unauthorized = { error: 'unauthorized_client', error_description: 'The key of the challenge is needed.' };

function refusal(error: string, description: string): EmulatorResponse {
  return { status: 400, json: { error, error_description: description } };
}
