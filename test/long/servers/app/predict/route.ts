import { model } from '../../src/model.ts';

export async function POST(request: Request): Promise<Response> {
  try {
    return Response.json((await model).predictRow(await request.json()));
  } catch (error) {
    return Response.json({ error: (error as Error).message }, { status: 400 });
  }
}
