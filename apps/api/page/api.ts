/** The key is kept for as long as the tab lives, and sent to this server alone. */
const storageName = 'hartonomous-key';

export const key = {
  get: () => sessionStorage.getItem(storageName),
  set: (value: string) => sessionStorage.setItem(storageName, value),
  forget: () => sessionStorage.removeItem(storageName),
};

/** An answer that isn't what was asked for. */
export class ProblemError extends Error {
  readonly status: number;
  /** Stable name of the reason, where the server gave one. */
  readonly code: string;
  /** Seconds after which to try again, where the server gave some. */
  readonly retryAfter: number | undefined;

  constructor(status: number, code: string, detail: string, retryAfter: number | undefined) {
    super(`${detail} (${code})`);
    this.status = status;
    this.code = code;
    this.retryAfter = retryAfter;
  }
}

/** Sends a request with the key. @throws ProblemError with the detail that the server gives */
export async function send(path: string, signal: AbortSignal, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set('authorization', `Bearer ${key.get() ?? ''}`);
  const response = await fetch(path, { ...init, headers, signal });
  if (response.ok) return response;
  const problem = (await response.json().catch(() => ({}))) as { readonly detail?: string; readonly code?: string };
  const seconds = Number(response.headers.get('retry-after'));
  const retryAfter = seconds > 0 ? seconds : undefined;
  const { detail = response.statusText, code = `HTTP ${response.status}` } = problem;
  throw new ProblemError(response.status, code, detail, retryAfter);
}

/** Reads from the API. @throws ProblemError */
export async function read<T>(path: string, signal: AbortSignal): Promise<T> {
  return (await (await send(path, signal)).json()) as T;
}

/** Posts JSON and reads the answer. @throws ProblemError */
export async function post<T>(path: string, body: object, signal: AbortSignal): Promise<T> {
  const headers = { 'content-type': 'application/json' };
  return (await (await send(path, signal, { method: 'POST', headers, body: JSON.stringify(body) })).json()) as T;
}

/**
 * The data of a stream of server-sent events, until it ends. EventSource can't send the key.
 *
 * @throws ProblemError; TypeError when the connection breaks
 */
export async function* events<T>(path: string, signal: AbortSignal): AsyncGenerator<T, void> {
  const response = await send(path, signal, { headers: { accept: 'text/event-stream' } });
  if (response.body === null) return;
  let text = '';
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    text += value;
    const ended = text.split('\n\n');
    text = ended.pop() ?? '';
    for (const event of ended) {
      const data = event.split('\n').flatMap((line) => (line.startsWith('data:') ? [line.slice(5)] : []));
      if (data.length > 0) yield JSON.parse(data.join('\n')) as T;
    }
  }
}

/** Who the key belongs to. */
export interface Identity {
  readonly tenantId: number;
  readonly role: 'viewer' | 'operator' | 'sender';
}

export interface Atom {
  readonly id: string;
  readonly atomType: string | null;
  readonly contentType: string | null;
  readonly preview: string | null;
  readonly createdAt: string | null;
  readonly isPlaceholder: boolean;
  readonly isUnfinished?: true;
}

export interface AtomPage {
  readonly items: readonly Atom[];
  readonly next: string | null;
  /** Of walks, within the depth. */
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

export interface Neighbour {
  readonly label: string;
  readonly id: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly isPlaceholder: boolean;
  readonly edge: Readonly<Record<string, unknown>>;
}

export interface Group {
  readonly type: string;
  readonly direction: 'in' | 'out';
  readonly label: string;
  readonly count: number;
  readonly items: readonly Neighbour[];
  readonly next: string | null;
}

export interface Entity {
  readonly id: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly isPlaceholder: boolean;
  readonly groups: readonly Group[];
}

export interface LineagePath {
  readonly atoms: readonly Atom[];
  readonly edges: readonly {
    readonly id: string;
    readonly type: string;
    readonly childId: string;
    readonly parentId: string;
  }[];
  readonly found: boolean;
  readonly truncated: boolean;
}

export interface Queue {
  readonly name: string;
  readonly description: string;
  readonly reader: string;
  readonly isOn: boolean | null;
  readonly messages: number | null;
  readonly oldestAgeMs: number | null;
  readonly retries: number | null;
  readonly pendingDeadLetters: number | null;
  readonly problems: readonly { readonly message: string; readonly action: string }[];
  readonly pauses: readonly { readonly owner: string; readonly reason: string }[] | null;
  readonly workers: readonly { readonly state: 'RECEIVING' | 'PAUSING' | 'PAUSED' | 'STOPPED' }[] | null;
  readonly unseen: readonly string[];
}

export interface Queues {
  readonly seenAt: string;
  readonly syncLag: {
    readonly changes: number;
    readonly p50Ms: number | null;
    readonly p95Ms: number | null;
    readonly p99Ms: number | null;
  };
  readonly queues: readonly Queue[];
}

export interface ScheduleRun {
  readonly dueAt: string;
  readonly outcome: 'RUNNING' | 'DONE' | 'FAILED' | 'SKIPPED' | 'ABANDONED';
  readonly attempts: number;
  readonly runBy: string;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly summary: string | null;
}

/** Schedules. */
export interface Schedule {
  readonly name: string;
  readonly does: string;
  readonly cron: string;
  readonly timeZone: string;
  readonly isEnabled: boolean;
  readonly isRunning: boolean;
  readonly dueAt: string | null;
  readonly overdueMs: number | null;
  readonly lastRun: Pick<ScheduleRun, 'outcome' | 'startedAt' | 'summary'> | null;
}

/** All schedules, and what a new one can do. */
export interface Schedules {
  readonly items: readonly Schedule[];
  readonly kinds: readonly { readonly kind: string; readonly does: string }[];
}

/** What the last release of a worker came to. */
export interface Releases {
  readonly items: readonly {
    readonly displayName: string;
    readonly releases: readonly { readonly name: string; readonly isCurrent: boolean }[];
    readonly journal: readonly {
      readonly at: string;
      readonly action: string;
      readonly release: string;
      readonly result: string;
      readonly who: string;
    }[];
    readonly pending: { readonly to: string } | null;
    readonly problem: { readonly message: string } | null;
  }[];
}

export interface Ingestion {
  readonly id: string;
  readonly state: string;
  readonly isFinal: boolean;
  readonly fileName: string;
  readonly documentAtomId: string | null;
  readonly newAtoms: number | null;
  readonly bytes: number | null;
  readonly errorCode: string | null;
  readonly errorText: string | null;
  readonly enqueuedAt: string | null;
  readonly finishedAt: string | null;
  readonly notes: readonly { readonly code: string; readonly count: number; readonly detail: string }[];
}

export interface Ingestions {
  readonly items: readonly Ingestion[];
  readonly next: string | null;
}
