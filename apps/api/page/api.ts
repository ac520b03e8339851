/** The key is kept for as long as the tab lives, and sent to this server alone. */
const storageName = 'hartonomous-key';

export const key = {
  get: () => sessionStorage.getItem(storageName),
  set: (value: string) => sessionStorage.setItem(storageName, value),
  forget: () => sessionStorage.removeItem(storageName),
};

/** The server refuses the key. */
export class KeyRefusedError extends Error {}

/** Reads from the API. @throws Error with the detail that the server gives */
export async function read<T>(path: string, signal: AbortSignal): Promise<T> {
  const response = await fetch(path, { headers: { authorization: `Bearer ${key.get() ?? ''}` }, signal });
  if (response.ok) return (await response.json()) as T;
  const problem = (await response.json().catch(() => ({}))) as { readonly detail?: string; readonly code?: string };
  const text = `${problem.detail ?? response.statusText} (${problem.code ?? response.status})`;
  if (response.status === 401) throw new KeyRefusedError(text);
  throw new Error(text);
}

export interface Atom {
  readonly id: string;
  readonly atomType: string | null;
  readonly contentType: string | null;
  readonly preview: string | null;
  readonly createdAt: string | null;
  readonly isPlaceholder: boolean;
}

export interface AtomPage {
  readonly items: readonly Atom[];
  readonly next: string | null;
  readonly total: number;
}

export interface Found {
  readonly items: readonly {
    readonly id: string;
    readonly atomType: string | null;
    readonly text: string | null;
    readonly score: number;
  }[];
  readonly next: string | null;
}

export interface Entity {
  readonly properties: Readonly<Record<string, unknown>>;
  readonly isPlaceholder: boolean;
  readonly groups: readonly {
    readonly type: string;
    readonly direction: 'in' | 'out';
    readonly label: string;
    readonly count: number;
  }[];
}

export interface Queues {
  readonly seenAt: string;
  readonly queues: readonly {
    readonly name: string;
    readonly description: string;
    readonly reader: string;
    readonly isOn: boolean | null;
    readonly messages: number | null;
    readonly oldestAgeMs: number | null;
    readonly retries: number | null;
    readonly pendingDeadLetters: number | null;
    readonly problems: readonly { readonly message: string; readonly action: string }[];
    readonly unseen: readonly string[];
  }[];
}

export interface Ingestions {
  readonly items: readonly {
    readonly id: string;
    readonly state: string;
    readonly fileName: string;
    readonly documentAtomId: string | null;
    readonly newAtoms: number | null;
    readonly bytes: number | null;
    readonly errorCode: string | null;
    readonly errorText: string | null;
    readonly enqueuedAt: string | null;
    readonly finishedAt: string | null;
  }[];
  readonly next: string | null;
}
