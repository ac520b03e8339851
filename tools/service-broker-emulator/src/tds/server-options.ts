import { z } from 'zod';
import type { Engine } from '../engine/session-contract.ts';

/** Limits and encryption of a TDS server, without the engine. */
export const tdsServerOptionsSchema = z.object({
  /** Address to listen on. @default '127.0.0.1' */
  host: z.string().min(1).default('127.0.0.1'),
  /** TCP port; 0 takes any free one. */
  port: z.int().min(0).max(65535),
  /** `none` answers clients that ask for encryption with "not supported"; `required` encrypts all. @default 'optional' */
  encryption: z.enum(['none', 'optional', 'required']).default('optional'),
  /** Certificate chain and private key, PEM. Absent = a self-signed certificate for localhost. */
  tls: z.object({ cert: z.string().min(1), key: z.string().min(1) }).optional(),
  /** Milliseconds from the connection to the end of its login. Too short fails slow clients; too long keeps dead ones. @default 15000 */
  loginTimeoutMs: z.int().min(1).max(2_147_483_647).default(15_000),
  /**
   * Largest request in bytes. Too small refuses bulk loads and large values; too large lets one client take the memory.
   * @default 268435456 (256 MiB)
   */
  maxMessageBytes: z
    .int()
    .min(4096)
    .default(256 * 1024 * 1024),
});

/** Options of {@link startTdsServer}. */
export type TdsServerOptions = z.input<typeof tdsServerOptionsSchema> & {
  readonly engine: Engine;
  /** Closes the server when it aborts. */
  readonly signal?: AbortSignal;
  /** Called with errors that are defects of the emulator, not of a request. @default a process warning */
  readonly onDefect?: (error: unknown) => void;
};
