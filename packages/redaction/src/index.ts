export { type EscapeOptions, escapeControls } from './escape-controls.ts';
export { redactText } from './redact-text.ts';
export { redactRecord, redactValue, serializeError } from './redact-value.ts';
export { hiddenSecret, isSecretName } from './secret-names.ts';
