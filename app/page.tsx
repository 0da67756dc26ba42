export default function Home() {
  return <main>MindVideo Playground</main>;
}
