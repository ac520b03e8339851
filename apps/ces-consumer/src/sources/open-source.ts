import type { BrokerClient } from '@hartonomous/broker-client';
import type { IngestionRequest } from '@hartonomous/provenance-schema';
import { tooLarge } from '../errors.ts';
import type { Settings } from '../options.ts';
import { type FileContent, memoryContent } from './file-content.ts';
import { downloadFile } from './https-source.ts';
import { openLocalFile } from './local-source.ts';
import { openUpload } from './upload-source.ts';

/** What {@link openSource} needs. */
export interface SourceContext {
  readonly client: Pick<BrokerClient, 'query'>;
  readonly settings: Settings['Ingestion'];
  readonly signal: AbortSignal;
}

/**
 * Brings the bytes of a file within reach, wherever they are.
 *
 * @throws RefusedFileError when they can't be had, or are more than allowed
 * @throws BrokerError while reading an upload
 */
export async function openSource(
  { source, tenantId }: Pick<IngestionRequest, 'source' | 'tenantId'>,
  { client, settings, signal }: SourceContext,
): Promise<FileContent> {
  const maxBytes = settings.MaxFileBytes;
  switch (source.kind) {
    case 'inline':
      if (source.data.length > maxBytes) throw tooLarge(maxBytes, source.data.length);
      return memoryContent(source.data);
    case 'upload':
      return await openUpload(source.ingestionFileId, tenantId, { client, maxBytes, signal });
    case 'uri':
      if (/^file:/i.test(source.uri)) {
        return await openLocalFile(source.uri, { roots: settings.FileRoots, maxBytes });
      }
      return await downloadFile(source.uri, {
        hosts: settings.HttpsHosts,
        privateHosts: settings.PrivateHttpsHosts,
        maxBytes,
        timeoutMs: settings.HttpsTimeoutMs,
        signal,
      });
  }
}
