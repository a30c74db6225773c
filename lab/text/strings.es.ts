// The words of the tour and of the gallery, in Spanish.

import type { guidedStrings } from './strings.ts';

export const words: typeof guidedStrings = {
  tour: {
    state: {
      title: '¿Qué es h?',
      text: 'La red lee letra a letra. De todo lo que ha leído conserva una lista corta de números, su estado oculto h. Aquí son dos. El azul es negativo; el naranja, positivo. Cada celda de color de esta página es un número así, y cada una puede contarte de dónde viene.',
      task: 'Elige una celda de h, en la mitad izquierda de una caja de la imagen: tócala, o usa las flechas e Intro.',
    },
    unroll: {
      title: 'Desplegar',
      text: 'La red es una caja con un bucle: su estado vuelve a entrar en el paso siguiente. Dibujado paso a paso, el bucle se convierte en una fila. La fila parece muchas cajas con muchos pesos. Pero son los mismos pesos, usados una y otra vez.',
      task: 'Pliega la fila en una sola caja («Plegar», o la tecla U). Después despliégala otra vez.',
    },
    loss: {
      title: 'La pérdida',
      text: 'Esta red ha practicado 300 pasos. Antes de cada letra da una probabilidad a cada una de las posibles. La pérdida L(t) es menos el logaritmo de la que recibió la correcta. Acertar con seguridad no cuesta nada. Fallar con seguridad cuesta mucho. Entrenar hace pequeña la suma.',
      task: 'Busca el paso t de esta ventana que más sorprendió a la red: elige la columna con la L(t) más grande.',
    },
    backward: {
      title: 'Hacia atrás por un paso',
      text: 'Ahora preguntamos qué números causaron el error. El gradiente de las puntuaciones o es la predicción menos la verdad. Vuelve por V al estado h, y por la pendiente de tanh a la suma a anterior. Cada operación de la pasada hacia delante tiene su respuesta en el camino de vuelta.',
      task: 'Avanza con → hasta llegar a ∇a(4), el gradiente de esa suma. Mira cada operación por el camino.',
    },
    'through-time': {
      title: 'Hacia atrás en el tiempo',
      text: 'Un estado hizo su propia predicción, y también el estado siguiente. Así que su gradiente tiene dos partes: una de su salida, y otra del futuro, a través de W. Paso a paso, el error vuelve hasta la primera letra. Por el camino suma a los gradientes de las mismas U, V y W.',
      task: 'Vuelve más allá de t = 1 hasta ∇W. ¿Cuál de sus cuatro entradas tiene mayor tamaño? Pide que te la explique.',
    },
    vanishing: {
      title: 'Desvanecerse',
      text: 'Cada paso atrás multiplica el gradiente por W y por una pendiente. Si ambas lo reducen, tras diez pasos queda poco, y tras cincuenta, nada. La red no puede entonces aprender de lo lejano. La línea más gruesa muestra lo rápido que se apaga el último error en la red que ves.',
      task: 'Haz que se desvanezca: mueve «Escala de W, ¿y si…?» a la izquierda hasta que la línea baje de una milésima de su extremo derecho.',
    },
    exploding: {
      title: 'Explotar, y recortar',
      text: 'Con una W grande, el producto crece. Una actualización puede entonces lanzar muy lejos los pesos, y con ellos la pérdida. El recorte mide el gradiente entero y lo acorta cuando es demasiado largo. Su dirección se mantiene.',
      task: 'Pulsa «Entrenar» y deja que explote. Después deshaz, elige «recortar en 5» en «Experimento», y sigue entrenando.',
    },
    gates: {
      title: 'Compuertas',
      text: 'Una GRU mezcla su estado viejo con un candidato nuevo, en lugar de reescribirlo. Una compuerta, un número entre 0 y 1, dice cuánto del estado viejo conserva cada unidad. Cerca de 1, el gradiente pasa casi intacto hacia atrás, y los errores alcanzan causas lejanas.',
      task: 'Entrena 300 pasos o más y haz una pausa: la RNN simple estará igual de entrenada. Compara las dos líneas.',
    },
  },
  gallery: {
    counting: {
      title: 'Contar',
      task: 'Cada línea tiene unas cuantas a y después otras tantas b. Para saber dónde acaba la línea, la red tiene que contar.',
      lookFor: [
        'Nadie puede saber cuántas a vendrán. Pero en cuanto llega la primera b, todo lo que sigue es seguro: tras tantas b como a hubo, el final de línea tiene una probabilidad superior al 90 %.',
        'Mira la unidad 10 del estado en la imagen: sube con cada a y baja con cada b. La red se ha construido un contador.',
      ],
    },
    parity: {
      title: 'Par o impar',
      task: 'Se sacan al azar cifras 0 y 1. Tras cada una hay una e si en la línea ha habido hasta ahí un número par de 1, y una o si ha sido impar.',
      lookFor: [
        'Las cifras son cara o cruz, y la red da a cada una cerca de un medio. La letra que sigue a cada una es segura, aunque depende de todas las cifras de la línea: basta un bit de memoria.',
        'La línea de los pares de la gráfica de la pérdida está muy por encima: quien solo ve la letra anterior no puede saberlo.',
      ],
    },
    copy: {
      title: 'Dilo otra vez',
      task: 'Una palabra de letras al azar, el signo > y la misma palabra otra vez.',
      lookFor: [
        'Antes del signo, cada letra es una elección entre cuatro. Después de él, la GRU da a la letra correcta más del 90 % de media: ha guardado la palabra en su estado.',
        'Pon la celda en «RNN, tanh» y entrena lo mismo: llega solo a unos dos tercios. Mantener separadas varias letras es lo que se les da bien a las compuertas.',
      ],
    },
    dyck: {
      title: 'Paréntesis anidados',
      task: 'Paréntesis y corchetes, cada uno cerrado por los de su tipo, el último primero. Los lingüistas lo llaman un lenguaje de Dyck.',
      lookFor: [
        'Que un paréntesis se abra o se cierre es cara o cruz. Pero si se cierra, la GRU sabe en más de 99 de cada 100 casos de qué tipo tiene que ser, incluso a cuatro de profundidad: su estado guarda los tipos que siguen abiertos.',
        'En «Generar», elige otro paréntesis en algún lugar, y mira cómo la red cambia de opinión sobre lo que se cierra.',
      ],
    },
    addition: {
      title: 'Sumas',
      task: 'Dos números menores que 50 y su suma, siempre con dos cifras.',
      lookFor: [
        'Primero aprende la forma: en el paso 300 está segura del +, del = y del final de línea, y no tiene ni idea de la suma.',
        'Después aprende más o menos lo grande que es la suma: en el paso 2000 da a su primera cifra un 70 % o más, y a la última, poco más que una elección entre diez. Arrastra por la gráfica de la pérdida para ver los dos pasos.',
      ],
    },
    reber: {
      title: 'La gramática de Reber',
      task: 'Cadenas de una pequeña máquina que se hizo para experimentos sobre el aprendizaje. La penúltima letra es siempre otra vez la segunda, por larga que sea la parte de en medio.',
      lookFor: [
        'En el paso 600 la GRU conoce la máquina, pero no la letra lejana: entre T y P lo echa a cara o cruz. En el paso 1000 da a la correcta un 95 % o más. Entretanto ha descubierto que la segunda letra merece guardarse.',
        'En «Flujo del gradiente» puedes ver hasta dónde llega hacia atrás el error de esa letra.',
      ],
    },
  },
};
