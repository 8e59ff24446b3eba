/** The bots page: the list, one bot, the gallery of templates, the form. The address says which. */

import { useRoute } from '../store/route.ts';
import { BotDetail } from './bot-detail.tsx';
import { BotList } from './bot-list.tsx';
import { CreateBot, EditBot } from './bot-setup.tsx';
import { Gallery } from './gallery.tsx';

export function BotsPage() {
  const { parts } = useRoute();
  const [first, second, third, fourth] = parts;
  if (first === undefined) return <BotList />;
  if (first === 'new' && second === undefined) return <Gallery />;
  if (first === 'new' && second !== undefined)
    return (
      <CreateBot
        key={`${second} ${fourth ?? ''}`}
        strategyId={second}
        cloneOf={third === 'from' ? (fourth ?? null) : null}
      />
    );
  if (second === 'edit') return <EditBot key={first} botId={first} />;
  return <BotDetail key={first} botId={first} />;
}
