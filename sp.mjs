import { checkConfig, createBackend, initialize, Random, Unrolled } from './dist/node.js';
import { openBlas } from './dist/node/blas-library.js';
import { blasBackend } from './dist/node/blas-backend.js';
const cases={minchar:[1,25,100,65],char:[50,50,128,65],charbig:[64,128,512,65],word:[32,35,256,10000],wide:[64,64,1024,256]};
const bs=[createBackend('wasm'), blasBackend(openBlas())];
for(const [name,[B,T,H,C]] of Object.entries(cases)){
 const steps=bs.map(b=>{const config=checkConfig({vocabSize:C,hiddenSize:H,embeddingSize:name==='word'?H:null});const net=new Unrolled(b,config,{steps:T,batch:B,gradients:true});const r=new Random(1);net.parameters.set(initialize(config,{init:'uniform'}));for(let i=0;i<T*B;i++){net.tokens[i]=r.next()%C;net.targets[i]=r.next()%C}net.weights.fill(1/(T*B));net.hyperparameters.set([1,0.01,0]);return ()=>{net.forward();const l=net.loss();net.backward();net.kernels.sgd(net.parameters,net.gradient,net.parameters.length,net.hyperparameters);return l}});
 const ts=[[],[]],ls=[];for(const s of steps)ls.push(s());
 for(let round=0;round<5;round++)steps.forEach((s,i)=>{s();const end=performance.now()+500;do{const t=performance.now();s();ts[i].push(performance.now()-t)}while(performance.now()<end)});
 console.log(name,ls.map(l=>l.toFixed(6)).join(' '),ts.map((t,i)=>{t.sort((a,b)=>a-b);const m=t[t.length>>1];return bs[i].name+' '+(B*T/m*1e3).toFixed(0)+' tok/s '+(3*(2*H*H+2*H*C)*B*T/m/1e6).toFixed(1)+' GF'}).join(' | '));
}
