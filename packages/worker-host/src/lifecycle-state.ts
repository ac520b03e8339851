/** The states of a `Lifecycle`; its documentation has the table of what they mean. */
export type LifecycleState = 'created' | 'starting' | 'running' | 'draining' | 'stopped' | 'failed';
