// Writes a file into the merge request's one note that begins with the mark, or makes it.
import { readFileSync } from 'node:fs'

const { CI_API_V4_URL: api, CI_PROJECT_ID: project, CI_MERGE_REQUEST_IID: request, SHAREDHUB_NOTE_TOKEN: token } = process.env
const mark = '<!-- sharedhub plan -->'
const notes = `${api}/projects/${project}/merge_requests/${request}/notes`

async function call(method, url, body) {
  const headers = { 'PRIVATE-TOKEN': token, 'Content-Type': 'application/json' }
  const answer = await fetch(url, { method, headers, body: body && JSON.stringify(body) })
  if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${await answer.text()}`)
  return { body: await answer.json(), next: answer.headers.get('x-next-page') }
}

let mine
for (let page = '1'; page && !mine;) {
  const { body, next } = await call('GET', `${notes}?per_page=100&page=${page}`)
  mine = body.find(n => n.body.startsWith(mark))
  page = next
}
const body = mark + '\n' + readFileSync(process.argv[2], 'utf8').slice(0, 900000)
await call(mine ? 'PUT' : 'POST', mine ? `${notes}/${mine.id}` : notes, { body })
