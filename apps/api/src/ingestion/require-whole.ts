import { BodyWrappedError, InvalidRequestError } from '../errors.ts';

/**
 * Refuses bodies that aren't the bytes of one whole file: they would be ingested as they are.
 *
 * @throws BodyWrappedError for a form, InvalidRequestError for a part
 */
export function requireWhole(header: (name: string) => string | undefined): void {
  // Other multipart types are files: a page saved as MHTML is multipart/related.
  if (/^multipart\/form-data\b/i.test(header('content-type') ?? '')) {
    throw new BodyWrappedError(
      "The body is a form (multipart/form-data). Send the file's bytes alone, as curl does with --data-binary @FILE.",
    );
  }
  if (header('content-range') !== undefined) {
    const detail = 'parts of files are sent by tus, to /v1/uploads';
    throw new InvalidRequestError([{ in: 'header', pointer: '/Content-Range', detail }]);
  }
}
