import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FileConfigstore } from '@tus/file-store';
import type { Upload } from '@tus/server';

/** What is known of uploads, a file each. A process that is killed while it writes one leaves the one that was there. */
export class UploadRecords extends FileConfigstore {
  override async set(id: string, upload: Upload): Promise<void> {
    const written = join(this.directory, `.${id}.new`);
    await writeFile(written, JSON.stringify(upload), { mode: 0o600 });
    await rename(written, join(this.directory, `${id}.json`));
  }
}
