export {
  type LoopbackCertificate,
  type LoopbackCertificateOptions,
  makeLoopbackCertificate,
} from './loopback-certificate.ts';
