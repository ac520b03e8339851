import type { TokenCredential } from './token-credential.ts';

/** What a caller may say about Azure besides the settings. */
export interface AzureOptions {
  /** Instead of the one that the settings ask for. */
  readonly credential?: TokenCredential;
  /** PEM certificates of further authorities, for a proxy that breaks up TLS. NODE_EXTRA_CA_CERTS does the same. */
  readonly ca?: string;
  /** Setting of a secret, by the secret's name. @default runbookSecretKeys */
  readonly secretKeys?: Readonly<Record<string, string>>;
  /** Ends the reading. */
  readonly signal?: AbortSignal;
  /** Takes lines of the credential trace. @default standard error */
  readonly trace?: (line: string) => void;
}
