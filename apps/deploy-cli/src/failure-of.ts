// Loaded when a command has failed: it knows the errors of all drivers, and so needs these.
export { failureOf } from '@hartonomous/operations';
