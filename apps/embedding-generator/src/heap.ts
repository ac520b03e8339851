import { limitWorkerHeap } from '@hartonomous/queue-worker/heap';

// Vectors of a batch are garbage once they are written.
limitWorkerHeap(100);
