// What a task of an exercise asks for: something that the page sees, or an answer.

export type Condition =
  | { readonly kind: 'loss' | 'heldout'; readonly below: number }
  | { readonly kind: 'pairs' }
  | { readonly kind: 'step'; readonly from: number }
  | { readonly kind: 'view'; readonly view: string }
  | { readonly kind: 'setting'; readonly name: string; readonly value: string }
  | { readonly kind: 'tour'; readonly chapter: string }
  | { readonly kind: 'number'; readonly value: number; readonly tolerance: number }
  | { readonly kind: 'words'; readonly accepted: readonly string[] };
