/** The page: mounts the lab. */
import '@fontsource-variable/source-serif-4/wght.css';
import '@fontsource-variable/source-serif-4/wght-italic.css';
import './style/tokens.css';
import './style/base.css';
import './style/shell.css';
import { render } from 'solid-js/web';
import { App } from './app.tsx';
import { keepOffline } from './offline/keep-offline.ts';
import { createLab } from './state/lab.ts';
import { viewNamed, views } from './views.ts';
import { startEarly } from './workers.ts';

render(() => {
  // a property is computed at each access, so the lab is made before
  const lab = createLab();
  const view = viewNamed(lab.view()) ?? views[0];
  startEarly(view.worker);
  return <App lab={lab} />;
}, document.getElementById('lab')!);
keepOffline();
