import express from 'express';
import { model } from './model.ts';

const app = express();
app.use(express.json());
app.post('/predict', async (request, response) => {
  try {
    response.json((await model).predictRow(request.body));
  } catch (error) {
    response.status(400).json({ error: (error as Error).message });
  }
});
const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(typeof address === 'object' && address !== null ? address.port : '');
});
