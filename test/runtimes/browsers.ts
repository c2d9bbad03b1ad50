// Pages in the system's own browsers that post what they have to tell to the server that they came from, so that no
// driver is between but the one that a browser needs to be started at all. The conformance suite in Firefox or WebKitGTK.

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium as driver } from 'playwright-core';
import { type CaseResult, findChromium, serveCheckout } from './chromium';

export interface Totals {
  passed: number;
  failed: number;
}

export interface Browser {
  /** The program's path, or what is missing. */
  find(): string | undefined;
  /** Opens the page; returns what ends the browser. */
  open(path: string, url: string): Promise<() => Promise<void>>;
}

const chromium: Browser = {
  find: findChromium,
  async open(path, url) {
    const browser = await driver.launch({ executablePath: path, args: ['--no-sandbox', '--disable-gpu'] });
    const page = await browser.newPage();
    await page.goto(url);
    return () => browser.close();
  },
};

const firstOf = (...paths: (string | undefined)[]): string | undefined =>
  paths.find((path) => path !== undefined && existsSync(path));

/** Ends a program that was started here, and waits for its end. */
function end(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
    setTimeout(() => child.kill('SIGKILL'), 5000).unref();
  });
}

const firefox: Browser = {
  find: () => firstOf(process.env.FIREFOX_PATH, '/usr/bin/firefox-esr', '/usr/bin/firefox'),
  async open(path, url) {
    const profile = mkdtempSync(join(tmpdir(), 'manyhands-firefox-'));
    // No greeting, no questions, nothing fetched besides the page.
    const settings = {
      'browser.shell.checkDefaultBrowser': false,
      'browser.startup.homepage_override.mstone': 'ignore',
      'datareporting.policy.dataSubmissionEnabled': false,
      'toolkit.telemetry.reportingpolicy.firstRun': false,
      'app.update.enabled': false,
      'network.captive-portal-service.enabled': false,
      'network.connectivity-service.enabled': false,
      'dom.max_script_run_time': 0,
    };
    const lines = Object.entries(settings).map(
      ([key, value]) => `user_pref("${key}", ${JSON.stringify(value)});`,
    );
    writeFileSync(join(profile, 'user.js'), lines.join('\n'));
    const child = spawn(path, ['--headless', '--no-remote', '--profile', profile, url], { stdio: 'ignore' });
    return async () => {
      await end(child);
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    };
  },
};

/** Where Debian and others put WebKitGTK's own small browser. */
const MINI_BROWSER = ['4.1', '4.0', '6.0'].flatMap((version) => [
  `/usr/lib/x86_64-linux-gnu/webkit2gtk-${version}/MiniBrowser`,
  `/usr/lib/x86_64-linux-gnu/webkitgtk-${version}/MiniBrowser`,
  `/usr/lib/aarch64-linux-gnu/webkit2gtk-${version}/MiniBrowser`,
]);

const webkit: Browser = {
  find: () => {
    const driver = firstOf(process.env.WEBKIT_DRIVER_PATH, '/usr/bin/WebKitWebDriver');
    return firstOf('/usr/bin/Xvfb') && firstOf(...MINI_BROWSER) && driver;
  },
  async open(path, url) {
    const display = `:${100 + (process.pid % 900)}`;
    const screen = spawn('/usr/bin/Xvfb', [display, '-screen', '0', '800x600x24', '-nolisten', 'tcp'], {
      stdio: 'ignore',
    });
    const port = 20_000 + (process.pid % 20_000);
    const driver = spawn(path, [`--port=${port}`], {
      stdio: 'ignore',
      // WebKitGTK has shared memory, but not switched on.
      env: { ...process.env, DISPLAY: display, JSC_useSharedArrayBuffer: '1' },
    });
    const ask = async (method: string, at: string, body?: unknown) => {
      const response = await fetch(`http://127.0.0.1:${port}${at}`, {
        method,
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const { value } = (await response.json()) as { value: { sessionId: string; message?: string } };
      if (!response.ok) throw new Error(`WebKitWebDriver: ${value.message}`);
      return value;
    };
    const close = async () => {
      await end(driver);
      await end(screen);
    };
    try {
      await until(() => ask('GET', '/status'));
      const binary = firstOf(...MINI_BROWSER);
      const { sessionId } = await ask('POST', '/session', {
        capabilities: { alwaysMatch: { 'webkitgtk:browserOptions': { binary, args: ['--automation'] } } },
      });
      await ask('POST', `/session/${sessionId}/url`, { url });
      return async () => {
        await ask('DELETE', `/session/${sessionId}`).catch(() => {});
        await close();
      };
    } catch (error) {
      await close();
      throw error;
    }
  },
};

export const browsers = { chromium, firefox, webkit };
export type BrowserName = keyof typeof browsers;

/** Tries again until it does not fail, for ten seconds. */
async function until(attempt: () => Promise<unknown>): Promise<void> {
  const begin = performance.now();
  while (true) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (performance.now() - begin > 10_000) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

function readAll(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    request.on('data', (chunk) => {
      text += chunk;
    });
    request.on('end', () => resolve(text));
    request.on('error', reject);
  });
}

/** The function `tell` of a page, which posts values to {@link visit}, one after the other; and what nobody catches. */
const TELL = `
let telling = Promise.resolve();
const tell = (what) => telling = telling.then(() =>
  fetch('/told', { method: 'POST', body: JSON.stringify(what), keepalive: false }));
addEventListener('error', ({ message, error }) => tell({ said: String(error?.stack ?? message) }));
`;

/** What a page tells: lines, and at its end whether it was isolated, or why it failed. */
interface News {
  said?: string;
  failed?: string;
  isolated?: boolean;
}

/**
 * Opens one cross-origin isolated page and hears what it tells, until it says `isolated` or `failed`.
 *
 * @param scripts the page's scripts; they find `tell`
 * @param hear gets all that is told
 * @param limitMs without any news for so long the browser counts as hanging
 */
export async function visit<T extends News>(
  browser: Browser,
  path: string,
  { scripts, hear, limitMs }: { scripts: string; hear(news: T): void; limitMs: number },
): Promise<T> {
  let settle: (outcome: T | Error) => void = () => {};
  const outcome = new Promise<T | Error>((resolve) => {
    settle = resolve;
  });
  let timer: NodeJS.Timeout | undefined;
  let last = 'the page was opened';
  const listen = () => {
    clearTimeout(timer);
    timer = setTimeout(
      () => settle(new Error(`Nothing came for ${limitMs / 1000} s after ${last}`)),
      limitMs,
    );
  };
  const take = (text: string) => {
    listen();
    last = text.slice(0, 200);
    const news = JSON.parse(text) as T;
    if (news.said !== undefined) console.log(`     the page: ${news.said}`);
    hear(news);
    if (news.failed !== undefined) settle(new Error(news.failed));
    if (news.isolated !== undefined)
      settle(news.isolated ? news : new Error('The page is not cross-origin isolated'));
  };
  const { server, url } = await serveCheckout(true, (request: IncomingMessage, response: ServerResponse) => {
    if (request.url === '/page') {
      response.setHeader('Content-Type', 'text/html; charset=utf-8');
      const head = `<!doctype html><meta charset="utf-8"><title>manyhands</title><script>${TELL}</script>`;
      response.end(`${head}${scripts}`);
      return true;
    }
    if (request.url !== '/told') return false;
    readAll(request).then(take, settle);
    response.end();
    return true;
  });
  try {
    listen();
    const close = await browser.open(path, `${url}page`);
    try {
      const ended = await outcome;
      if (ended instanceof Error) throw ended;
      return ended;
    } finally {
      await close();
    }
  } finally {
    clearTimeout(timer);
    server.closeAllConnections();
    server.close();
  }
}

const suite = (filter: string) => `<script type="module">
try {
  const { runCases } = await import('/test/conformance/index.js');
  const totals = await runCases({ filter: ${JSON.stringify(filter)}, report: (result) => tell({ result }) });
  await tell({ totals, isolated: crossOriginIsolated });
} catch (error) {
  await tell({ failed: String(error?.stack ?? error) });
}
</script>`;

/**
 * Runs the suite in one cross-origin isolated page.
 * @param limitMs without any news for so long the browser counts as hanging
 */
export async function runInBrowser(
  browser: Browser,
  path: string,
  { filter, report, limitMs }: { filter: string; report(result: CaseResult): void; limitMs: number },
): Promise<Totals> {
  const hear = ({ result }: { result?: CaseResult }) => result !== undefined && report(result);
  const { totals } = await visit<News & { result?: CaseResult; totals?: Totals }>(browser, path, {
    scripts: suite(filter),
    hear,
    limitMs,
  });
  return totals as Totals;
}
