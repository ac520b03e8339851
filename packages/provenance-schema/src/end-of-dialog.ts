/** Element that `dbo.sp_SendOnPooledDialog` puts last into the body of the last message of a dialog. */
export const endOfDialogElement = '<EndOfDialog>1</EndOfDialog>';

const marker = Buffer.from(`${endOfDialogElement}</`, 'utf16le');

/** Longest closing tag that may follow, in bytes: that of `IngestionRequest` with room to spare. */
const longestTail = 128;

/**
 * Whether a message is the last of its dialog, so that its reader is to end the conversation. The sender doesn't end it first:
 * an Error of the far side would then have nowhere to go, and the endpoint that ends first may stay as CLOSED. Read from the
 * end of the bytes, so that it is also known of a message whose body can't be decoded.
 *
 * @param body as received, UTF-16LE
 */
export function isLastOfDialog(body: Uint8Array | null): boolean {
  if (body === null || body.length < marker.length) return false;
  const tail = Buffer.from(body.buffer, body.byteOffset, body.byteLength).subarray(-marker.length - longestTail);
  return tail.lastIndexOf(marker) >= 0;
}
