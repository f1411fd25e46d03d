// The browser of all tests that need one.
import { chromium } from 'playwright-core';

/** Chromium that says nothing to the world but what a test has it say. CHROMIUM: its path. */
export const launch = ({ ignoreCertificates = false } = {}) => chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
    ...(ignoreCertificates ? ['--ignore-certificate-errors'] : []),
  ],
});
