// Runs the conformance suite, or one function of a module, in a page of headless Chromium: the system's browser, driven over playwright-core.
// A small static server serves the checkout; the page is cross-origin isolated, or plain (no shared memory).

import { existsSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize, relative } from 'node:path';
import { chromium, type Page } from 'playwright-core';

const root = join(import.meta.dirname, '../..');
const PLACES = [
  process.env.CHROMIUM_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];
const TYPES: Record<string, string> = {
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
  '.html': 'text/html; charset=utf-8',
};
const PAGE = `<!doctype html><meta charset="utf-8"><title>conformance</title>`;

export interface CaseResult {
  name: string;
  ok: boolean;
  ms: number;
  error?: string;
}

/** The browser's path, or undefined if there is none. */
export function findChromium(): string | undefined {
  return PLACES.find((path) => path !== undefined && existsSync(path));
}

/** What is served for a path of the checkout; undefined if there is no such file. */
function contents(path: string): Buffer | string | undefined {
  if (path === '/') return PAGE;
  const file = normalize(join(root, path));
  if (!file.startsWith(root) || !existsSync(file)) return undefined;
  const text = readFileSync(file);
  // The one difference between a page and the other runtimes: see test/conformance/lib.js.
  if (path === '/test/conformance/lib.js') return text.toString().replaceAll('.node.js', '.browser.js');
  return text;
}

/**
 * Serves the checkout on a free port; `isolated` decides whether pages get shared memory. What `answer` takes on, by
 * returning true, is its own.
 */
export function serveCheckout(
  isolated: boolean,
  answer?: (request: IncomingMessage, response: ServerResponse) => boolean,
): Promise<{ server: Server; url: string }> {
  const headers: Record<string, string> = isolated
    ? { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' }
    : {};
  const server = createServer((request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    if (answer?.(request, response)) return;
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname);
    try {
      const body = contents(path);
      const type = TYPES[path === '/' ? '.html' : extname(path)] ?? 'application/octet-stream';
      if (body === undefined) response.writeHead(404).end();
      else response.writeHead(200, { 'Content-Type': type, 'Cache-Control': 'no-store' }).end(body);
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve({ server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` });
    });
  });
}

/** Calls `body` with a page of the checkout; rejects if the browser or the page fails. */
async function withPage<T>(
  executablePath: string,
  isolated: boolean,
  body: (page: Page) => Promise<T>,
): Promise<T> {
  const { server, url } = await serveCheckout(isolated);
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  try {
    const page = await browser.newPage();
    page.on('pageerror', (error) => console.log(`     the page: ${error.stack ?? error}`));
    if (process.env.MANYHANDS_TEST_VERBOSE === '1') {
      page.on('console', (message) => console.log(`     the page: ${message.text()}`));
    }
    await page.goto(url);
    return await body(page);
  } finally {
    await browser.close();
    server.closeAllConnections();
    server.close();
  }
}

/** Runs the suite in one page. */
export function runInChromium(
  executablePath: string,
  { isolated, filter, report }: { isolated: boolean; filter: string; report(result: CaseResult): void },
): Promise<{ passed: number; failed: number }> {
  return withPage(executablePath, isolated, async (page) => {
    await page.exposeFunction('reportCase', report);
    const wanted = await page.evaluate('crossOriginIsolated');
    if (wanted !== isolated) throw new Error(`The page is ${wanted ? '' : 'not '}cross-origin isolated`);
    return page.evaluate(
      `import('/test/conformance/index.js').then(({ runCases }) => runCases({ filter: ${JSON.stringify(filter)}, report: reportCase }))`,
    );
  });
}

/** Calls an exported function of a module of the checkout with a text, in a page that has shared memory. */
export function callInChromium(
  executablePath: string,
  file: string,
  name: string,
  text: string,
): Promise<'returned'> {
  const url = `/${relative(root, file).replaceAll('\\', '/')}`;
  return withPage(executablePath, true, (page) =>
    page.evaluate(
      `import(${JSON.stringify(url)}).then((module) => module[${JSON.stringify(name)}](${JSON.stringify(text)})).then(() => 'returned')`,
    ),
  );
}
