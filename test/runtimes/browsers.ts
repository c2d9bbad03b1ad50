// Runs the conformance suite in a page of Firefox or WebKitGTK, the system's own, with no driver between but the one
// that WebKitGTK needs to be started at all: the page itself posts each result to the server that it came from.

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CaseResult, serveCheckout } from './chromium';

export interface Totals {
  passed: number;
  failed: number;
}

interface Browser {
  /** The program's path, or what is missing. */
  find(): string | undefined;
  /** Opens the page; returns what ends the browser. */
  open(path: string, url: string): Promise<() => Promise<void>>;
}

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

export const browsers = { firefox, webkit };

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

const page = (filter: string) => `<!doctype html><meta charset="utf-8"><title>conformance</title>
<script type="module">
const tell = (what) => fetch('/told', { method: 'POST', body: JSON.stringify(what), keepalive: false });
addEventListener('error', ({ message, error }) => tell({ said: String(error?.stack ?? message) }));
try {
  const { runCases } = await import('/test/conformance/index.js');
  let telling = Promise.resolve();
  const report = (result) => { telling = telling.then(() => tell({ result })); };
  const totals = await runCases({ filter: ${JSON.stringify(filter)}, report });
  await telling;
  await tell({ totals, isolated: crossOriginIsolated });
} catch (error) {
  await tell({ failed: String(error?.stack ?? error) });
}
</script>`;

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

/**
 * Runs the suite in one cross-origin isolated page.
 * @param limitMs without any news for so long the browser counts as hanging
 */
export async function runInBrowser(
  browser: Browser,
  path: string,
  { filter, report, limitMs }: { filter: string; report(result: CaseResult): void; limitMs: number },
): Promise<Totals> {
  let settle: (outcome: Totals | Error) => void = () => {};
  const outcome = new Promise<Totals | Error>((resolve) => {
    settle = resolve;
  });
  let timer: NodeJS.Timeout | undefined;
  let last = 'the page';
  const listen = () => {
    clearTimeout(timer);
    timer = setTimeout(
      () => settle(new Error(`Nothing came for ${limitMs / 1000} s after ${last}`)),
      limitMs,
    );
  };
  const hear = (text: string) => {
    const { result, totals, isolated, said, failed } = JSON.parse(text);
    listen();
    if (result !== undefined) {
      last = result.name;
      report(result);
    }
    if (said !== undefined) console.log(`     the page: ${said}`);
    if (failed !== undefined) settle(new Error(failed));
    if (totals !== undefined) settle(isolated ? totals : new Error('The page is not cross-origin isolated'));
  };
  const { server, url } = await serveCheckout(true, (request: IncomingMessage, response: ServerResponse) => {
    if (request.url === '/conformance') {
      response.setHeader('Content-Type', 'text/html; charset=utf-8');
      response.end(page(filter));
      return true;
    }
    if (request.url !== '/told') return false;
    readAll(request).then(hear, settle);
    response.end();
    return true;
  });
  try {
    listen();
    const close = await browser.open(path, `${url}conformance`);
    try {
      const ended = await outcome;
      if (ended instanceof Error) throw ended;
      return ended;
    } finally {
      await close();
    }
  } finally {
    clearTimeout(timer);
    stop(server);
  }
}

function stop(server: Server): void {
  server.closeAllConnections();
  server.close();
}
