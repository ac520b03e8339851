import { readdir, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { TenantRoomTakenError } from '../errors.ts';
import type { Tenants } from '../identity/tenants.ts';
import { storageError } from './upload-store.ts';

/** Milliseconds that it is believed how much a tenant has: to look costs a question for each of its files. */
const believedMs = 5_000;
/** Bytes of a block, as `stat` counts them, whatever those of the file system are. */
const blockBytes = 512;

/** What {@link UploadRoom} takes. */
export interface UploadRoomOptions {
  readonly folder: string;
  readonly tenants: Pick<Tenants, 'areSeveral'>;
  /** Bytes that are left on the disk. @default what the system says */
  readonly freeBytes?: () => Promise<number>;
  /** @default 5000 */
  readonly believedMs?: number;
}

/**
 * How much of the disk the uploads of a tenant that wait for their end may take: where there are several tenants, as much as is free beside
 * them, so at most half. Otherwise one tenant could begin uploads until nobody's are taken any more.
 */
export class UploadRoom {
  readonly #options: Required<UploadRoomOptions>;
  readonly #known = new Map<number, { readonly at: number; readonly bytes: number }>();

  constructor(options: UploadRoomOptions) {
    const freeBytes = async () => {
      const { bavail, bsize } = await statfs(options.folder);
      return bavail * bsize;
    };
    this.#options = { freeBytes, believedMs, ...options };
  }

  /** @throws TenantRoomTakenError, UploadStorageError */
  async require(tenantId: number): Promise<void> {
    if (!(await this.#options.tenants.areSeveral())) return;
    try {
      const [own, free] = await Promise.all([this.#bytesOf(tenantId), this.#options.freeBytes()]);
      if (own > free) throw new TenantRoomTakenError(own, free);
    } catch (error) {
      throw storageError(error) ?? error;
    }
  }

  async #bytesOf(tenantId: number): Promise<number> {
    const known = this.#known.get(tenantId);
    if (known !== undefined && performance.now() - known.at < this.#options.believedMs) return known.bytes;
    const { folder } = this.#options;
    const own = (await readdir(folder)).filter((name) => name.startsWith(`${tenantId}-`));
    // Those that are finished are files of holes, which take no room.
    const sizes = await Promise.all(own.map((name) => blocksOf(join(folder, name))));
    const bytes = sizes.reduce((sum, blocks) => sum + blocks * blockBytes, 0);
    this.#known.set(tenantId, { at: performance.now(), bytes });
    return bytes;
  }
}

async function blocksOf(file: string): Promise<number> {
  try {
    return (await stat(file)).blocks;
  } catch (error) {
    // It was finished or given up in between.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 0;
    throw error;
  }
}
