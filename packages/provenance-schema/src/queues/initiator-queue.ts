import { defineQueue } from './define-queue.ts';

/** What comes back on the senders' side of pooled dialogs. */
export const initiatorQueue = defineQueue({
  name: 'initiator',
  description: 'EndDialog and Error messages to senders',
  queue: 'dbo.HartonomousInitiatorQueue',
  service: 'HartonomousInitiatorService',
  reader: { kind: 'procedure', procedure: 'dbo.sp_HandleInitiatorMessages_Activated' },
});
